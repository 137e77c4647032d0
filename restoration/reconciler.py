"""Mending what got lost: idempotent, safe when two run at once."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from billing import ledger
from billing.models import Hold
from core.clock import database_now
from core.process_identity import is_gone
from restoration import lifecycle, publishing, storage
from restoration.models import Artifact, Attempt, Restoration, Source, WorkerHeartbeat

log = structlog.get_logger(__name__)
Status = Restoration.Status
RESEND_AFTER = timedelta(seconds=10)
RESEND_AT_MOST = 10  # of the oldest: a long queue must not fill the broker with copies
STALE_HOLD = timedelta(seconds=60)
UNSETTLED_AFTER = timedelta(minutes=10)


def reconcile() -> dict[str, int]:
    """One pass. How many dead workers' leases were ended, jobs sent again, failed and expired, holds settled."""
    return {
        "forfeited": forfeit_leases_of_the_dead(),
        "resent": resend_lost() + resend_waiting(),
        "abandoned": sum(lifecycle.abandon(job=job) for job in _spent()),
        "expired": sum(lifecycle.expire(job=job) for job in _overdue()),
        "holds": settle_stale_holds(),
    }


def forfeit_leases_of_the_dead() -> int:
    """A worker process of this machine that has ended will not come back: its job need not wait for the lease."""
    WorkerHeartbeat.objects.filter(
        worker__in=[
            name for name in WorkerHeartbeat.objects.values_list("worker", flat=True) if is_gone(name)
        ]
    ).delete()
    held = Attempt.objects.filter(
        outcome=Attempt.Outcome.RUNNING,
        fence=F("restoration__fence"),
        restoration__status=Status.PROCESSING,
        restoration__lease_until__gte=database_now(),
    )
    return sum(
        lifecycle.forfeit(pk=pk, fence=fence)
        for pk, fence, worker in held.values_list("restoration_id", "fence", "worker")
        if is_gone(worker)
    )


def resend_lost() -> int:
    """Hints for jobs whose worker fell silent; the claim itself decides whether the lease is over."""
    # Sent once when the lease is over, then seldom: a worker that is busy must not find a heap of copies.
    due = Q(published_at__lt=F("lease_until")) | Q(published_at__lt=timezone.now() - RESEND_AFTER)
    lost = Restoration.objects.filter(
        due,
        status=Status.PROCESSING,
        lease_until__lt=database_now(),
        attempts_made__lt=settings.RESTORATION_MAX_ATTEMPTS,
    )
    return _resend(list(lost.values_list("pk", flat=True)[:100]))


def resend_waiting() -> int:
    """Hints for the oldest waiting jobs whose own hint may be lost."""
    waiting = Restoration.objects.filter(status=Status.QUEUED).order_by("created_at", "pk")[:RESEND_AT_MOST]
    stale = timezone.now() - RESEND_AFTER
    return _resend([job.pk for job in waiting if job.published_at < stale])


def _resend(pks: list[int]) -> int:
    for pk in pks:
        publishing.send_hint(pk)
    Restoration.objects.filter(pk__in=pks).update(published_at=timezone.now())
    return len(pks)


def _spent() -> list[Restoration]:
    spent = Restoration.objects.filter(
        status=Status.PROCESSING,
        lease_until__lt=database_now(),
        attempts_made__gte=settings.RESTORATION_MAX_ATTEMPTS,
    )
    return list(spent[:100])


def _overdue() -> list[Restoration]:
    limit = timezone.now() - timedelta(seconds=settings.RESTORATION_QUEUE_LIMIT_S)
    return list(Restoration.objects.filter(status=Status.QUEUED, created_at__lt=limit)[:100])


def settle_stale_holds() -> int:
    """Holds whose job has ended, or never came to be, settled by asking the job."""
    settled = 0
    old = Hold.objects.filter(state=Hold.State.HELD, created_at__lt=timezone.now() - STALE_HOLD)
    unfinished = Restoration.objects.filter(status__in=lifecycle.UNFINISHED).values("public_id")
    for job_id in old.exclude(job__in=unfinished).values_list("job", flat=True)[:100]:
        status = Restoration.objects.filter(public_id=job_id).values_list("status", flat=True).first()
        if status == Status.SUCCEEDED:
            settled += ledger.capture(job=job_id)
        elif status is None or status in Restoration.ENDED:
            settled += ledger.release(job=job_id, reason="stale_hold")
    if settled:
        log.error("stale_holds_settled", count=settled)
    return settled


def purge() -> dict[str, int]:
    """Erase pictures whose retention is over, what killed workers left, and heartbeats of workers long gone."""
    now = timezone.now()
    sources = 0
    due = Source.objects.filter(expires_at__lt=now).exclude(storage_key="", mask_key="", url="")
    for source in due.exclude(restorations__status__in=lifecycle.UNFINISHED)[:500]:
        if storage.delete(source.storage_key, source.mask_key):
            sources += Source.objects.filter(pk=source.pk).update(storage_key="", mask_key="", url="")
    artifacts = 0
    for artifact in Artifact.objects.filter(purged_at=None, expires_at__lt=now)[:500]:
        if storage.delete(artifact.storage_key):
            artifacts += Artifact.objects.filter(pk=artifact.pk, purged_at=None).update(purged_at=now)
    WorkerHeartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    return {"sources": sources, "artifacts": artifacts, "attempts": _bury_attempts()}


def _bury_attempts() -> int:
    """Attempts still marked as running of jobs that ended otherwise: their worker died before it could tidy up."""
    open_ends = Attempt.objects.filter(
        outcome=Attempt.Outcome.RUNNING,
        restoration__status__in=Restoration.ENDED,
        restoration__ended_at__lt=timezone.now() - UNSETTLED_AFTER,
    )
    buried = 0
    for attempt in open_ends.select_related("restoration__account")[:500]:
        job = attempt.restoration
        if storage.delete_attempt(job.account.public_id, job.public_id, attempt.fence):
            buried += Attempt.objects.filter(pk=attempt.pk).update(
                outcome=Attempt.Outcome.LOST, ended_at=job.ended_at
            )
    return buried
