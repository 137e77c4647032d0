"""The thread that keeps a claim alive: renews, carries progress, says stop, survives a database that is out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from restoration import lifecycle, services
from restoration.heartbeat import Heartbeat
from restoration.models import Restoration
from tests.processes import wait_until

Submit = Callable[..., Restoration]


@pytest.fixture
def held(submit: Submit, settings: Any) -> lifecycle.Claim:
    settings.RESTORATION_HEARTBEAT_S = 0.05
    claim = lifecycle.claim(pk=submit().pk, worker="w")
    assert claim is not None
    return claim


def now(held: lifecycle.Claim) -> Restoration:
    return Restoration.objects.get(pk=held.job.pk)


def test_progress_is_written_and_the_lease_moves_on(held: lifecycle.Claim) -> None:
    before = now(held).lease_until
    assert before is not None
    with Heartbeat(held) as heartbeat:
        heartbeat.note("cleaning", 0.4)
        wait_until(lambda: now(held).stage == "cleaning", 20, "the beat was written")
    after = now(held)
    assert after.lease_until is not None
    assert (after.progress, after.lease_until > before, heartbeat.lost()) == (0.4, True, False)


def test_a_canceled_job_is_lost_to_its_worker(held: lifecycle.Claim) -> None:
    with Heartbeat(held) as heartbeat:
        services.cancel(job=held.job)
        wait_until(heartbeat.lost, 20, "the worker is told to stop")


def test_a_beat_that_fails_is_followed_by_the_next(
    held: lifecycle.Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, failures = lifecycle.renew, [OperationalError("the server is restarting")] * 2

    def flaky(*args: Any, **fields: Any) -> bool:
        if failures:
            raise failures.pop()
        return renew(*args, **fields)

    monkeypatch.setattr(lifecycle, "renew", flaky)
    with Heartbeat(held) as heartbeat:
        heartbeat.note("saving", 0.9)
        wait_until(lambda: now(held).stage == "saving", 20, "a later beat was written")
    assert not heartbeat.lost()


def test_no_beat_after_the_work_is_over(held: lifecycle.Claim) -> None:
    with Heartbeat(held):
        pass
    assert lifecycle.fail(held, code="service_error", detail="over")
    assert now(held).status == "failed"
