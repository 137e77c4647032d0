"""No worker works: the held reply ends in time with 500 and a status_url, and the credit is back.

On an instance of its own whose replies are held for 5 s instead of 58.
"""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.traffic import HeldCall, job_of, restoring_processes
from tests.instance import Instance, bearer, new_instance
from tests.pictures import jpeg
from tests.processes import kill, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def impatient() -> Iterator[Instance]:
    made = new_instance(RESTORATION_HOLD_S="5").start()
    yield made
    made.stop()


def holds_the_database(instance: Instance) -> bool:
    """Whether a stopped process was in the middle of a write, which on SQLite keeps everybody else from writing."""
    path = instance.var_dir / "heirloom.sqlite3"
    if not path.exists():
        return False
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


@contextmanager
def hanging_worker(instance: Instance) -> Iterator[None]:
    """Stop the worker like a machine that hangs, between two of its writes."""
    pids = restoring_processes(instance)
    for _ in range(20):
        for pid in pids:
            kill(pid, signal.SIGSTOP)
        if not holds_the_database(instance):
            break
        for pid in pids:
            kill(pid, signal.SIGCONT)
    try:
        yield
    finally:
        for pid in pids:
            kill(pid, signal.SIGCONT)


@pytest.fixture
def stopped(impatient: Instance) -> Iterator[Instance]:
    """The same while its worker hangs."""
    with hanging_worker(impatient):
        yield impatient


def test_overload_is_refused_at_once(stopped: Instance) -> None:
    # Nothing was measured yet, so a photo is expected to take 15 s: one in front is too many for 5 s.
    key = stopped.new_key(credits=3)
    first = HeldCall(stopped, key, stopped.pictures.serve("/first.jpg", jpeg()))
    wait_until(lambda: stopped.credits(key)["held"] == 1, 20, "the first is accepted", every=0.1)
    refused = stopped.restore(key, stopped.pictures.serve("/second.jpg", jpeg()))
    assert (refused.status, refused.json["message"], refused.json["code"]) == (
        500,
        "Service error",
        "overloaded",
    )
    assert int(refused.headers["retry-after"]) >= 1
    assert first.result().status == 500
    assert stopped.credits(key) == {"available": 3, "held": 0, "debt": 0}


def test_time_over(stopped: Instance) -> None:
    key = stopped.new_key()
    url = stopped.pictures.serve("/late.jpg", jpeg())
    answer = stopped.restore(key, url)
    assert answer.status == 500
    assert answer.body.startswith(b'{"message":"Service error",')
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-ratelimit-limit"] == "100"
    body = json.loads(answer.body)
    shown = stopped.call("GET", body["status_url"], headers=bearer(key)).json
    assert (body["code"], shown["status"], shown["error"]["code"]) == ("timeout", "canceled", "timeout")
    assert stopped.credits(key) == {"available": 5, "held": 0, "debt": 0}


def test_the_worker_that_wakes_up_late_charges_nothing(impatient: Instance) -> None:
    key = impatient.new_key()
    url = impatient.pictures.serve("/late.jpg", jpeg(seed=3))
    with hanging_worker(impatient):
        assert impatient.restore(key, url).status == 500
    wait_until(impatient.is_ready, 60, "the worker is back", every=0.5)
    next_url = impatient.pictures.serve("/next.jpg", jpeg(seed=4))
    assert impatient.restore(key, next_url).status == 200
    job = job_of(impatient, url)
    assert (job["status"], job["hold"], job["charges"], job["outputs"]) == ("canceled", "released", 0, 0)
    assert impatient.credits(key) == {"available": 4, "held": 0, "debt": 0}


def test_without_a_worker_it_is_not_ready(stopped: Instance) -> None:
    wait_until(lambda: not stopped.is_ready(), 60, "/readyz answers 503", every=0.5)
    answer = stopped.call("GET", "/readyz")
    assert answer.status == 503
    assert answer.json["checks"]["worker"].startswith("failed")
    assert {answer.json["checks"][name] for name in ("database", "broker", "weights")} == {"ok"}
    assert stopped.call("GET", "/healthz").status == 200
