"""kill -9 of the broker: it comes back, and requests before and during are answered with 200."""

import pytest

from tests.faults.traffic import GatedPicture, HeldCall, job_of
from tests.instance import Instance
from tests.pictures import jpeg
from tests.processes import kill, wait_until

pytestmark = pytest.mark.slow


def broker(instance: Instance) -> list[int]:
    return instance.processes("broker.sock")


def test_a_held_request_is_answered(instance: Instance) -> None:
    key = instance.new_key()
    picture = GatedPicture(instance)
    call = HeldCall(instance, key, picture.url)
    picture.wait_for_fetch()
    old = broker(instance)
    kill(old[0])
    picture.open()
    assert call.result().status == 200
    wait_until(lambda: broker(instance) not in ([], old), 10, "the broker runs again")
    assert job_of(instance, picture.url)["charges"] == 1


def test_a_request_that_comes_while_it_is_dead_is_answered(instance: Instance) -> None:
    key = instance.new_key()
    url = instance.pictures.serve("/while-dead.jpg", jpeg())
    kill(broker(instance)[0])
    answer = instance.restore(key, url)
    assert answer.status == 200, answer.body
    job = job_of(instance, url)
    assert (job["status"], job["charges"]) == ("succeeded", 1)
    assert instance.credits(key) == {"available": 4, "held": 0, "debt": 0}


def test_afterwards_requests_are_as_quick_as_before(instance: Instance) -> None:
    wait_until(instance.is_ready, 30, "ready after the broker's death")
    key = instance.new_key()
    for number in range(3):
        url = instance.pictures.serve(f"/after-{number}.jpg", jpeg(seed=number))
        assert instance.restore(key, url).status == 200
        assert job_of(instance, url)["attempts"] == ["succeeded"]
