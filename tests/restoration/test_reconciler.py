"""Mending: lost hints, lost workers, spent and overdue jobs, stale holds; two passes at once do no harm."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing import ledger
from billing.models import Hold
from core.clock import database_now
from restoration import lifecycle, publishing, reconciler
from restoration.models import Attempt, Restoration
from tests.conftest import Owner
from tests.restoration.books import charges, credits, hold_state, ledger_agrees

Submit = Callable[..., Restoration]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that a hint was sent for."""
    sent: list[int] = []
    monkeypatch.setattr(publishing, "send_hint", sent.append)
    return sent


def aged(job: Restoration, **ages: float) -> None:
    """Set fields to so many seconds ago."""
    now = database_now()
    Restoration.objects.filter(pk=job.pk).update(
        **{name: now - timedelta(seconds=seconds) for name, seconds in ages.items()}
    )


def lost(job: Restoration, attempts: int = 1) -> None:
    for _ in range(attempts):
        assert lifecycle.claim(pk=job.pk, worker="gone")
        aged(job, lease_until=1)


def test_a_job_whose_hint_was_lost_is_sent_again(submit: Submit, hints: list[int]) -> None:
    job = submit()
    hints.clear()
    assert reconciler.reconcile()["resent"] == 0
    aged(job, published_at=11)
    assert reconciler.reconcile()["resent"] == 1
    assert reconciler.reconcile()["resent"] == 0
    assert hints == [job.pk]


def test_a_job_whose_worker_fell_silent_is_sent_again(submit: Submit, hints: list[int]) -> None:
    job = submit()
    lifecycle.claim(pk=job.pk, worker="gone")
    hints.clear()
    assert reconciler.reconcile()["resent"] == 0
    aged(job, lease_until=1, published_at=20)
    assert reconciler.reconcile()["resent"] == 1
    assert reconciler.reconcile()["resent"] == 0
    assert hints == [job.pk]


def test_a_long_queue_is_not_sent_again_whole(submit: Submit, hints: list[int], owner: Owner) -> None:
    first = submit()
    same = {name: getattr(first, name) for name in ("account_id", "source_id", "origin", "options_version")}
    Restoration.objects.bulk_create([Restoration(**same) for _ in range(200)])
    Restoration.objects.update(published_at=timezone.now() - timedelta(seconds=30))
    oldest = list(Restoration.objects.order_by("created_at", "pk").values_list("pk", flat=True)[:10])
    hints.clear()
    assert reconciler.reconcile()["resent"] == 10
    assert hints == oldest
    assert reconciler.reconcile()["resent"] == 0


def test_a_job_with_its_attempts_spent_fails(submit: Submit, owner: Owner, hints: list[int]) -> None:
    job = submit()
    lost(job, attempts=5)
    hints.clear()
    assert reconciler.reconcile()["abandoned"] == 1
    job.refresh_from_db()
    assert (job.status, credits(owner), hints) == ("failed", (5, 0), [])


def test_a_job_that_waited_too_long_expires(submit: Submit, owner: Owner, hints: list[int]) -> None:
    job = submit()
    aged(job, created_at=15 * 60 + 1)
    assert reconciler.reconcile()["expired"] == 1
    job.refresh_from_db()
    assert (job.status, credits(owner)) == ("expired", (5, 0))


@pytest.mark.parametrize("status", ["failed", "canceled", "expired"])
def test_a_stale_hold_of_a_job_without_result_is_released(submit: Submit, owner: Owner, status: str) -> None:
    job = submit()
    Restoration.objects.filter(pk=job.pk).update(status=status)
    assert reconciler.settle_stale_holds() == 0
    Hold.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert reconciler.settle_stale_holds() == 1
    assert (hold_state(job), credits(owner)) == ("released", (5, 0))


def test_a_stale_hold_of_a_succeeded_job_is_captured(submit: Submit, owner: Owner) -> None:
    job = submit()
    Restoration.objects.filter(pk=job.pk).update(status="succeeded")
    Hold.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert reconciler.settle_stale_holds() == 1
    assert (hold_state(job), credits(owner), charges(job)) == ("captured", (4, 0), 1)


def test_a_hold_whose_job_never_came_to_be_is_released(owner: Owner) -> None:
    ledger.hold(account=owner.account, job="rst_never")
    Hold.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert reconciler.settle_stale_holds() == 1
    assert credits(owner) == (5, 0)


def test_the_hold_of_a_job_that_still_waits_stays_however_many_there_are(
    submit: Submit, owner: Owner
) -> None:
    jobs = [submit() for _ in range(4)]
    ledger.hold(account=owner.account, job="rst_never")
    Hold.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert reconciler.settle_stale_holds() == 1
    assert credits(owner) == (1, 4)
    assert {hold_state(job) for job in jobs} == {"held"}


def test_two_passes_at_once_do_the_work_once(submit: Submit, owner: Owner, hints: list[int]) -> None:
    spent, overdue, failed = submit(), submit(), submit()
    lost(spent, attempts=5)
    aged(overdue, created_at=3600)
    Restoration.objects.filter(pk=failed.pk).update(status="failed")
    Hold.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    start = threading.Barrier(4)
    passes: list[dict[str, int]] = []

    def work() -> None:
        start.wait()
        try:
            passes.append(reconciler.reconcile())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passes) == 4
    assert sum(one["abandoned"] for one in passes) == 1
    assert sum(one["expired"] for one in passes) == 1
    assert (credits(owner), ledger_agrees(owner)) == ((5, 0), True)
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"lost"}
