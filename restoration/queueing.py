"""How long a new job would wait, and whether that is too long to hold a reply."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Avg, ExpressionWrapper, F, fields

from core.clock import database_now
from core.errors import AppError
from restoration.models import Attempt, Restoration, WorkerHeartbeat

USUAL_S = 15.0  # before anything was measured
WORKER_SILENT_S = 20


def live_workers() -> int:
    """Workers with a loaded engine that were heard of lately."""
    since = database_now() - timedelta(seconds=WORKER_SILENT_S)
    return WorkerHeartbeat.objects.filter(seen_at__gte=since, error="").count()


def usual_seconds() -> float:
    """The mean of the last twenty restorations."""
    latest = Attempt.objects.filter(outcome=Attempt.Outcome.SUCCEEDED).order_by("-pk").values("pk")[:20]
    length = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=fields.DurationField())
    mean = Attempt.objects.filter(pk__in=list(latest.values_list("pk", flat=True))).aggregate(
        mean=Avg(length)
    )
    return mean["mean"].total_seconds() if mean["mean"] else USUAL_S


def jobs_ahead(job: Restoration | None = None) -> int:
    """Unfinished jobs; those before `job` where it is given."""
    found = Restoration.objects.filter(status__in=[Restoration.Status.QUEUED, Restoration.Status.PROCESSING])
    return found.filter(pk__lt=job.pk).count() if job else found.count()


def expected_seconds(job: Restoration | None = None) -> float:
    """When a job submitted now, or `job`, should be done."""
    return (jobs_ahead(job) + 1) * usual_seconds() / max(1, live_workers())


def refuse_overload() -> None:
    """Refuse at once what could not be answered inside the hold; nothing is held for it."""
    if not settings.RESTORATION_SHED_LOAD or jobs_ahead() == 0:
        return
    expected = expected_seconds()
    if expected > settings.RESTORATION_HOLD_S:
        wait = int(expected - settings.RESTORATION_HOLD_S) + 1
        raise AppError(
            "overloaded",
            503,
            f"Too many photos are waiting to answer within a minute. Nothing was charged. Retry in {wait} seconds.",
            retry_after=wait,
        )
