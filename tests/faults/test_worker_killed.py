"""kill -9 of the worker in mid-job: the request is still answered with 200, and charged once."""

import time

import pytest

from tests.faults.traffic import GatedPicture, HeldCall, job_of, restoring_processes
from tests.instance import Instance
from tests.pictures import jpeg
from tests.processes import is_running, kill, wait_until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("victim", ["child", "whole worker"])
def test_a_job_that_was_fetching_survives(instance: Instance, victim: str) -> None:
    key, picture = instance.new_key(), GatedPicture(instance)
    call = HeldCall(instance, key, picture.url)
    picture.wait_for_fetch()
    kill_the(victim, instance)
    picture.open()
    assert charged_once(instance, key, picture, call) == ["lost", "succeeded"]


@pytest.mark.parametrize("victim", ["child", "whole worker"])
def test_a_job_in_the_engine_survives(instance: Instance, victim: str) -> None:
    # How long the engine takes depends on the machine: a job that was done before the kill tells nothing.
    for width in (240, 480, 960):
        key, picture = instance.new_key(), GatedPicture(instance, jpeg(width, width * 3 // 4))
        call = HeldCall(instance, key, picture.url)
        picture.wait_for_fetch()
        picture.open()
        time.sleep(0.4)  # decoding takes 0.1 s
        kill_the(victim, instance)
        attempts = charged_once(instance, key, picture, call)
        if attempts != ["succeeded"]:
            break
    assert attempts == ["lost", "succeeded"]


def kill_the(victim: str, instance: Instance) -> None:
    worker, child = restoring_processes(instance)
    assert kill(child if victim == "child" else worker)
    wait_until(lambda: not is_running(child), 10, "the child is gone")


def charged_once(instance: Instance, key: str, picture: GatedPicture, call: HeldCall) -> list[str]:
    """The outcomes of the job's attempts, after checking answer, charge and file."""
    answer = call.result()
    assert answer.status == 200, answer.body
    job = job_of(instance, picture.url)
    assert (job["status"], job["hold"], job["charges"], job["outputs"]) == ("succeeded", "captured", 1, 1)
    assert instance.credits(key) == {"available": 4, "held": 0, "debt": 0}
    assert instance.call("GET", answer.json["output"]).status == 200
    wait_until(lambda: len(restoring_processes(instance)) == 2, 60, "the worker has its child")
    attempts: list[str] = job["attempts"]
    return attempts
