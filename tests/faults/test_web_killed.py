"""What a broken connection changes: nothing. The job finishes, is charged once and stands in the history."""

import pytest

from tests.faults.traffic import GatedPicture, HeldCall, job_of, leave_after_sending
from tests.instance import Instance, bearer
from tests.processes import kill, wait_until

pytestmark = pytest.mark.slow


def charged_once(instance: Instance, key: str, url: str) -> None:
    wait_until(lambda: instance.credits(key)["held"] == 0, 60, "the job has ended", every=0.3)
    job = job_of(instance, url)
    assert (job["status"], job["charges"], job["attempts"]) == ("succeeded", 1, ["succeeded"])
    assert instance.credits(key) == {"available": 4, "held": 0, "debt": 0}
    shown = instance.call("GET", f"/api/v1/restorations/{job['id']}", headers=bearer(key)).json
    assert (shown["status"], shown["credits_charged"]) == ("succeeded", 1)
    assert instance.call("GET", shown["output"]["url"]).status == 200


def test_a_client_hangs_up(instance: Instance) -> None:
    key = instance.new_key()
    picture = GatedPicture(instance)
    sock = leave_after_sending(instance, key, picture.url)
    picture.wait_for_fetch()
    sock.close()
    picture.open()
    charged_once(instance, key, picture.url)


def test_the_web_process_is_killed(instance: Instance) -> None:
    key = instance.new_key()
    picture = GatedPicture(instance)
    call = HeldCall(instance, key, picture.url)
    picture.wait_for_fetch()
    old = instance.processes("uvicorn")
    kill(old[0])
    call.join(20)
    assert call.answer is None
    assert call.error is not None
    wait_until(instance.is_ready, 60, "the web process is back", every=0.3)
    assert instance.processes("uvicorn") != old
    picture.open()
    charged_once(instance, key, picture.url)
