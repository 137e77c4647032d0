"""kill -9 of the worker in mid-job: the request is still answered with 200, and charged once."""

import time

import pytest

from tests.faults.traffic import GatedPicture, HeldCall, job_of, restoring_processes
from tests.instance import Instance
from tests.pictures import jpeg
from tests.processes import is_running, kill, wait_until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("victim", ["child", "whole worker"])
@pytest.mark.parametrize("stage", ["fetching", "restoring"])
def test_the_job_survives(instance: Instance, victim: str, stage: str) -> None:
    key = instance.new_key()
    picture = GatedPicture(instance, jpeg(400, 300) if stage == "restoring" else jpeg())
    wait_until(lambda: len(restoring_processes(instance)) == 2, 60, "the worker has its child")
    worker, child = restoring_processes(instance)
    call = HeldCall(instance, key, picture.url)
    picture.wait_for_fetch()
    if stage == "restoring":
        picture.open()
        time.sleep(0.5)  # decoding takes 0.1 s, restoring more than one
    assert kill(child if victim == "child" else worker)
    wait_until(lambda: not is_running(child), 10, "the child is gone")
    picture.open()
    answer = call.result()
    assert answer.status == 200, answer.body
    job = job_of(instance, picture.url)
    assert (job["status"], job["hold"], job["charges"], job["outputs"]) == ("succeeded", "captured", 1, 1)
    assert job["attempts"][-1] == "succeeded"
    assert "lost" in job["attempts"]
    assert len(job["attempts"]) == 2
    assert instance.credits(key) == {"available": 4, "held": 0, "debt": 0}
    assert instance.call("GET", answer.json["output"]).status == 200
