"""kill -9 of the supervisor leaves no process behind, and the next start carries on where it stopped."""

import pytest

from tests.faults.traffic import GatedPicture, HeldCall, job_of
from tests.instance import new_instance
from tests.pictures import jpeg
from tests.processes import descendants, is_running, kill, wait_until

pytestmark = pytest.mark.slow


def test_nothing_is_left_running_and_nothing_is_lost() -> None:
    made = new_instance().start()
    try:
        assert made.process is not None
        key = made.new_key()
        picture = GatedPicture(made, jpeg(400, 300))
        HeldCall(made, key, picture.url)
        picture.wait_for_fetch()
        below = descendants(made.process.pid)
        assert len(below) >= 6
        kill(made.process.pid)
        made.process.wait()
        wait_until(lambda: not any(map(is_running, below)), 15, f"all of {below} are gone")
        picture.open()
        made.start()
        wait_until(lambda: made.credits(key)["held"] == 0, 90, "the job has ended", every=0.5)
        job = job_of(made, picture.url)
        assert (job["status"], job["charges"], job["attempts"]) == ("succeeded", 1, ["lost", "succeeded"])
        assert made.credits(key) == {"available": 4, "held": 0, "debt": 0}
    finally:
        made.stop()
    assert made.process.returncode == 0
