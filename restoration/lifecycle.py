"""The states of a job. Every change is one conditional UPDATE, and money moves in the same transaction.

queued → processing → succeeded | failed | canceled; queued → canceled | expired. A job in `processing` whose
lease has run out may be claimed again; the fence keeps the overtaken worker from publishing anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from billing import ledger
from core.clock import database_now
from restoration import publishing, storage
from restoration.models import Artifact, Attempt, Restoration, Source

log = structlog.get_logger(__name__)
Status = Restoration.Status
UNFINISHED = (Status.QUEUED, Status.PROCESSING)
# An exception comes back at every try; a lost worker says nothing about the job.
MAX_ERRORS = 3


@dataclass(frozen=True)
class Claim:
    """One worker's right to a job, good while the lease is renewed and the fence is the latest."""

    job: Restoration
    fence: int

    @property
    def held(self) -> Q:
        """The row as long as this claim stands."""
        return Q(pk=self.job.pk, fence=self.fence, status=Status.PROCESSING)


def claim(*, pk: int, worker: str) -> Claim | None:
    """Take a waiting job, or one whose worker fell silent. None: it is taken, done, or out of attempts."""
    with transaction.atomic():
        now = database_now()
        free = Q(status=Status.QUEUED) | Q(status=Status.PROCESSING, lease_until__lt=now)
        # One statement decides between workers that got the same hint.
        taken = Restoration.objects.filter(
            free, pk=pk, attempts_made__lt=settings.RESTORATION_MAX_ATTEMPTS
        ).update(
            status=Status.PROCESSING,
            fence=F("fence") + 1,
            attempts_made=F("attempts_made") + 1,
            lease_until=now + _lease(),
            started_at=Coalesce(F("started_at"), now),
            stage="starting",
            progress=0.0,
        )
        if not taken:
            return None
        job = Restoration.objects.select_related("source", "account").get(pk=pk)
        job.attempts.filter(outcome=Attempt.Outcome.RUNNING).update(
            outcome=Attempt.Outcome.LOST, ended_at=now
        )
        Attempt.objects.create(restoration=job, fence=job.fence, worker=worker, started_at=now)
        return Claim(job, job.fence)


def renew(held: Claim, *, stage: str, progress: float) -> bool:
    """Heartbeat: extend the lease. False: the job was canceled or another worker has it; stop."""
    until = database_now() + _lease()
    renewed = Restoration.objects.filter(held.held).update(lease_until=until, stage=stage, progress=progress)
    return bool(renewed)


def succeed(
    held: Claim,
    *,
    artifacts: list[Artifact],
    engine_version: str,
    weights_sha256: str,
    report: dict[str, Any],
    timings: dict[str, float],
) -> bool:
    """Publish the result and spend the credit, together. False: too late, nothing was published or spent."""
    with transaction.atomic():
        now = database_now()
        won = Restoration.objects.filter(held.held).update(
            status=Status.SUCCEEDED,
            stage="",
            progress=1.0,
            lease_until=None,
            ended_at=now,
            engine_version=engine_version,
            weights_sha256=weights_sha256,
            report=report,
        )
        if not won:
            return False
        ledger.capture(job=held.job.public_id)
        Artifact.objects.bulk_create(artifacts)
        _end_attempt(held, Attempt.Outcome.SUCCEEDED, now, timings=timings)
        publishing.job_ended(held.job.public_id)
        transaction.on_commit(lambda: delete_lost_files(held.job), robust=True)
        log.info("job_ended", job_id=held.job.public_id, status=str(Status.SUCCEEDED), code="")
        return True


def fail(held: Claim, *, code: str, detail: str, error: str = "") -> bool:
    """End the job for good and give the credit back; nothing of the photo is kept. `error`: for operators."""
    with transaction.atomic():
        now = database_now()
        if not _end(Restoration.objects.filter(held.held), held.job, Status.FAILED, now, code, detail):
            return False
        _end_attempt(held, Attempt.Outcome.FAILED, now, error=error or f"{code}: {detail}")
        return True


def give_back(held: Claim, *, error: str) -> None:
    """A try broke on our side: queue the job again, or fail it when that has happened too often."""
    failed_before = held.job.attempts.filter(outcome=Attempt.Outcome.FAILED).count()
    # Queued with its attempts spent, nobody could claim it and nobody would fail it.
    spent = held.job.attempts_made >= settings.RESTORATION_MAX_ATTEMPTS
    if spent or failed_before + 1 >= MAX_ERRORS:
        detail = "The photo could not be restored. Nothing was charged."
        fail(held, code="service_error", detail=detail, error=error)
        return
    with transaction.atomic():
        if Restoration.objects.filter(held.held).update(
            status=Status.QUEUED, lease_until=None, stage="", progress=0.0
        ):
            _end_attempt(held, Attempt.Outcome.FAILED, database_now(), error=error)
            publishing.job_waits(held.job.pk)


def withdraw(held: Claim, written: list[str]) -> None:
    """Clear away what an attempt left that published nothing: its files, and an original nobody needs now."""
    # A commit can succeed and still raise, when its answer gets lost: what a result refers to must stay.
    kept = set(Artifact.objects.filter(storage_key__in=written).values_list("storage_key", flat=True))
    storage.delete(*(key for key in written if key not in kept))
    running = Attempt.objects.filter(restoration=held.job, fence=held.fence, outcome=Attempt.Outcome.RUNNING)
    running.update(outcome=Attempt.Outcome.LOST, ended_at=database_now())
    forget_source(held.job.source_id)


def forfeit(*, pk: int, fence: int) -> bool:
    """End the lease of a worker that is known to be dead. False: another worker has the job, or it has ended."""
    lapsed = database_now() - timedelta(milliseconds=1)
    stands = Restoration.objects.filter(pk=pk, fence=fence, status=Status.PROCESSING)
    return bool(stands.update(lease_until=lapsed))


def cancel(*, job: Restoration, code: str, detail: str) -> bool:
    """Stop a job that has not ended and give the credit back. False: it had ended, and that stands."""
    with transaction.atomic():
        unfinished = Restoration.objects.filter(pk=job.pk, status__in=UNFINISHED)
        return _end(unfinished, job, Status.CANCELED, database_now(), code, detail)


def expire(*, job: Restoration) -> bool:
    """End a job that no worker took in time."""
    with transaction.atomic():
        waiting = Restoration.objects.filter(pk=job.pk, status=Status.QUEUED)
        detail = "No worker was free in time. Nothing was charged. Try again later."
        return _end(waiting, job, Status.EXPIRED, database_now(), "expired", detail)


def abandon(*, job: Restoration) -> bool:
    """Fail a job whose attempts are spent and whose lease has run out."""
    with transaction.atomic():
        now = database_now()
        stuck = Restoration.objects.filter(
            pk=job.pk,
            status=Status.PROCESSING,
            lease_until__lt=now,
            attempts_made__gte=settings.RESTORATION_MAX_ATTEMPTS,
        )
        detail = "The photo could not be restored after several attempts. Nothing was charged."
        if not _end(stuck, job, Status.FAILED, now, "service_error", detail):
            return False
        job.attempts.filter(outcome=Attempt.Outcome.RUNNING).update(
            outcome=Attempt.Outcome.LOST, ended_at=now
        )
        return True


def _lease() -> timedelta:
    return timedelta(seconds=settings.RESTORATION_LEASE_S)


def _end(
    rows: QuerySet[Restoration], job: Restoration, status: Status, now: datetime, code: str, detail: str
) -> bool:
    ended = rows.update(
        status=status, stage="", lease_until=None, ended_at=now, error_code=code, error_detail=detail[:500]
    )
    if not ended:
        return False
    ledger.release(job=job.public_id, reason=code)
    publishing.job_ended(job.public_id)
    # Robust: the job has ended by then, and a failure to tidy up must not look like one to end it.
    transaction.on_commit(lambda: forget_source(job.source_id), robust=True)
    transaction.on_commit(lambda: delete_lost_files(job), robust=True)
    log.info("job_ended", job_id=job.public_id, status=str(status), code=code)
    return True


def forget_source(pk: int) -> None:
    """Delete the original's bytes, and its mask's, unless another job still needs them or was made of them."""
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=pk)
        wanted = source.restorations.filter(status__in=[*UNFINISHED, Status.SUCCEEDED]).exists()
        if wanted or not (source.storage_key or source.mask_key):
            return
        Source.objects.filter(pk=pk).update(storage_key="", mask_key="")
    storage.delete(source.storage_key, source.mask_key)


def delete_lost_files(job: Restoration) -> None:
    """Delete what killed workers wrote and could not publish."""
    for fence in job.attempts.filter(outcome=Attempt.Outcome.LOST).values_list("fence", flat=True):
        storage.delete_attempt(job.account.public_id, job.public_id, fence)


def _end_attempt(
    held: Claim,
    outcome: Attempt.Outcome,
    now: datetime,
    *,
    error: str = "",
    timings: dict[str, float] | None = None,
) -> None:
    Attempt.objects.filter(restoration=held.job, fence=held.fence).update(
        outcome=outcome, ended_at=now, error=error[:2000], timings=timings or {}
    )
