"""Endings: status and credit change together, once, and nothing of a photo that was not restored stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import ledger
from billing.models import Hold, LedgerTxn
from core.clock import database_now
from restoration import lifecycle, services, storage
from restoration.models import Artifact, Attempt, Restoration
from tests.conftest import Owner
from tests.restoration.books import charges, credits, hold_state, ledger_agrees
from tests.restoration.jobs import claimed

Submit = Callable[..., Restoration]


def end_lease(job: Restoration) -> None:
    Restoration.objects.filter(pk=job.pk).update(lease_until=database_now() - timedelta(seconds=1))


def publish(held: lifecycle.Claim) -> bool:
    output = Artifact(
        restoration=held.job,
        kind=Artifact.Kind.OUTPUT,
        storage_key="a/b/1/output.jpg",
        mime="image/jpeg",
        size=3,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return lifecycle.succeed(
        held, artifacts=[output], engine_version="1", weights_sha256="x", report={}, timings={"total_s": 1.0}
    )


def test_success_spends_the_held_credit(submit: Submit, owner: Owner) -> None:
    job = submit()
    assert credits(owner) == (4, 1)
    assert publish(claimed(job))
    job.refresh_from_db()
    assert (job.status, job.lease_until, job.progress) == ("succeeded", None, 1.0)
    assert (credits(owner), hold_state(job), charges(job)) == ((4, 0), "captured", 1)
    assert job.attempts.get().outcome == Attempt.Outcome.SUCCEEDED
    assert ledger_agrees(owner)


@pytest.mark.parametrize("broken", ["ledger.capture", "Artifact.objects.bulk_create", "publishing.job_ended"])
def test_success_and_charge_happen_together_or_not_at_all(
    submit: Submit, owner: Owner, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    job = submit()
    held = claimed(job)

    def die(*_: Any, **__: Any) -> None:
        raise SystemError("the machine lost power here")

    with monkeypatch.context() as patch:
        patch.setattr(f"restoration.lifecycle.{broken}", die)
        with pytest.raises(SystemError):
            publish(held)
    job.refresh_from_db()
    assert (job.status, credits(owner), charges(job)) == ("processing", (4, 1), 0)
    assert not Artifact.objects.exists()
    assert publish(held)
    assert (credits(owner), charges(job)) == ((4, 0), 1)


def test_a_job_is_charged_once_whatever_asks_for_it(submit: Submit, owner: Owner) -> None:
    job = submit()
    held = claimed(job)
    assert publish(held)
    assert not publish(held)
    assert not ledger.capture(job=job.public_id)
    assert not ledger.release(job=job.public_id, reason="no")
    assert (credits(owner), charges(job)) == ((4, 0), 1)
    capture = LedgerTxn.objects.get(kind="capture", ref=job.public_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerTxn.objects.create(
            credit_account=capture.credit_account, seq=99, key=capture.key, kind="capture"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(credit_account=capture.credit_account, job=job.public_id, amount=1)


def test_failure_gives_the_credit_back_and_keeps_nothing(
    submit: Submit, owner: Owner, media: Callable[[], list[str]]
) -> None:
    job = submit()
    held = claimed(job)
    key = storage.source_key(owner.account.public_id, job.source.public_id)
    storage.write(key, b"bytes")
    type(job.source).objects.filter(pk=job.source_id).update(storage_key=key)
    assert lifecycle.fail(held, code="corrupt_image", detail="It is damaged.")
    job.refresh_from_db()
    assert (job.status, job.error_code, job.error_detail) == ("failed", "corrupt_image", "It is damaged.")
    assert (credits(owner), hold_state(job)) == ((5, 0), "released")
    assert media() == []


def test_two_errors_queue_the_job_again_and_the_third_fails_it(submit: Submit, owner: Owner) -> None:
    job = submit()
    for number in (1, 2):
        lifecycle.give_back(claimed(job), error=f"RuntimeError: {number}")
        job.refresh_from_db()
        assert (job.status, job.lease_until, credits(owner)) == ("queued", None, (4, 1))
    lifecycle.give_back(claimed(job), error="RuntimeError: 3")
    job.refresh_from_db()
    assert (job.status, job.error_code, credits(owner)) == ("failed", "service_error", (5, 0))
    assert list(job.attempts.order_by("fence").values_list("outcome", "error")) == [
        ("failed", f"RuntimeError: {number}") for number in (1, 2, 3)
    ]


def test_an_error_at_the_last_attempt_fails_the_job(submit: Submit, owner: Owner) -> None:
    job = submit()
    for _ in range(4):
        claimed(job)
        end_lease(job)
    lifecycle.give_back(claimed(job), error="RuntimeError: once")
    job.refresh_from_db()
    assert (job.status, credits(owner)) == ("failed", (5, 0))


def test_five_lost_workers_are_enough(submit: Submit, owner: Owner) -> None:
    job = submit()
    for _ in range(5):
        assert not lifecycle.abandon(job=job)
        claimed(job)
        end_lease(job)
    assert lifecycle.abandon(job=job)
    job.refresh_from_db()
    assert (job.status, job.error_code, credits(owner)) == ("failed", "service_error", (5, 0))
    assert set(job.attempts.values_list("outcome", flat=True)) == {"lost"}
    assert not lifecycle.abandon(job=job)


def test_a_job_at_its_last_attempt_is_not_abandoned_while_its_lease_runs(submit: Submit) -> None:
    job = submit()
    for _ in range(4):
        claimed(job)
        end_lease(job)
    claimed(job)
    assert not lifecycle.abandon(job=job)


def test_a_job_that_nobody_took_expires(submit: Submit, owner: Owner) -> None:
    job = submit()
    assert lifecycle.expire(job=job)
    job.refresh_from_db()
    assert (job.status, credits(owner), hold_state(job)) == ("expired", (5, 0), "released")


def test_a_job_that_was_taken_does_not_expire(submit: Submit) -> None:
    job = submit()
    claimed(job)
    assert not lifecycle.expire(job=job)


@pytest.mark.parametrize("stop", [services.cancel, services.time_out])
def test_stopping_gives_the_credit_back(submit: Submit, owner: Owner, stop: Callable[..., bool]) -> None:
    job = submit()
    held = claimed(job)
    assert stop(job=job)
    assert not publish(held)
    job.refresh_from_db()
    assert (job.status, credits(owner), charges(job)) == ("canceled", (5, 0), 0)
    assert not Artifact.objects.exists()


@pytest.mark.parametrize("stop", [services.cancel, services.time_out])
def test_stopping_loses_to_success(submit: Submit, owner: Owner, stop: Callable[..., bool]) -> None:
    job = submit()
    publish(claimed(job))
    assert not stop(job=job)
    job.refresh_from_db()
    assert (job.status, credits(owner), charges(job)) == ("succeeded", (4, 0), 1)
