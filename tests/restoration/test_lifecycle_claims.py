"""Claims: one worker wins, the fence stops the overtaken one, and a claim ends when the job does."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from core.clock import database_now
from restoration import lifecycle, services
from restoration.models import Attempt, Restoration

Submit = Callable[..., Restoration]


def end_lease(job: Restoration) -> None:
    """As if the worker had fallen silent."""
    Restoration.objects.filter(pk=job.pk).update(lease_until=database_now() - timedelta(seconds=1))


def test_of_many_workers_with_the_same_hint_one_gets_the_job(submit: Submit) -> None:
    job = submit()
    start = threading.Barrier(8)
    claims: list[lifecycle.Claim | None] = []

    def work(number: int) -> None:
        start.wait()
        try:
            claims.append(lifecycle.claim(pk=job.pk, worker=f"w{number}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 8
    assert len([held for held in claims if held]) == 1
    job.refresh_from_db()
    assert (job.fence, job.attempts_made, job.attempts.count()) == (1, 1, 1)


def test_a_job_is_not_taken_while_its_lease_runs(submit: Submit) -> None:
    job = submit()
    assert lifecycle.claim(pk=job.pk, worker="a") is not None
    assert lifecycle.claim(pk=job.pk, worker="b") is None


def test_a_silent_workers_job_is_taken_over_and_its_attempt_lost(submit: Submit) -> None:
    job = submit()
    first = lifecycle.claim(pk=job.pk, worker="a")
    end_lease(job)
    second = lifecycle.claim(pk=job.pk, worker="b")
    assert first is not None
    assert second is not None
    assert second.fence == first.fence + 1
    assert list(job.attempts.order_by("fence").values_list("worker", "outcome")) == [
        ("a", Attempt.Outcome.LOST),
        ("b", Attempt.Outcome.RUNNING),
    ]


def test_the_overtaken_worker_can_change_nothing(submit: Submit) -> None:
    job = submit()
    first = lifecycle.claim(pk=job.pk, worker="a")
    end_lease(job)
    lifecycle.claim(pk=job.pk, worker="b")
    assert first is not None
    assert not lifecycle.renew(first, stage="engine", progress=0.5)
    assert not lifecycle.fail(first, code="corrupt_image", detail="no")
    lifecycle.give_back(first, error="no")
    assert not lifecycle.succeed(
        first, artifacts=[], engine_version="1", weights_sha256="x", report={}, timings={}
    )
    job.refresh_from_db()
    assert (job.status, job.fence, job.error_code) == ("processing", 2, "")


def test_a_beat_extends_the_lease_and_carries_the_progress(submit: Submit) -> None:
    job = submit()
    held = lifecycle.claim(pk=job.pk, worker="a")
    end_lease(job)
    assert held is not None
    assert lifecycle.renew(held, stage="enhance", progress=0.5)
    job.refresh_from_db()
    assert job.lease_until is not None
    assert job.lease_until > database_now()
    assert (job.stage, job.progress) == ("enhance", 0.5)


def test_a_beat_after_cancel_says_stop(submit: Submit) -> None:
    job = submit()
    held = lifecycle.claim(pk=job.pk, worker="a")
    assert held is not None
    assert services.cancel(job=job)
    assert not lifecycle.renew(held, stage="enhance", progress=0.5)


def test_an_ended_job_cannot_be_claimed(submit: Submit) -> None:
    job = submit()
    services.cancel(job=job)
    assert lifecycle.claim(pk=job.pk, worker="a") is None


def test_a_job_with_its_attempts_spent_cannot_be_claimed(submit: Submit) -> None:
    job = submit()
    for _ in range(5):
        assert lifecycle.claim(pk=job.pk, worker="a") is not None
        end_lease(job)
    assert lifecycle.claim(pk=job.pk, worker="a") is None
