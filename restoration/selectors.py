"""Reading jobs and their files."""

from django.db.models import QuerySet

from accounts.models import Account
from restoration.models import Artifact, Restoration


def ended_among(public_ids: list[str]) -> set[str]:
    """Of these jobs, those that have ended. One query; asked by the hold wrapper once a second."""
    ended = Restoration.objects.filter(public_id__in=public_ids, status__in=Restoration.ENDED)
    return set(ended.values_list("public_id", flat=True))


def restorations_of(account: Account) -> QuerySet[Restoration]:
    """The account's jobs, newest first, with their files."""
    found = Restoration.objects.filter(account=account).select_related("source", "api_key")
    return found.prefetch_related("artifacts").order_by("-created_at", "-pk")


def artifact_of(job: Restoration, kind: Artifact.Kind) -> Artifact | None:
    """The job's file of this kind while it can be had."""
    found = next((artifact for artifact in job.artifacts.all() if artifact.kind == kind), None)
    return found if found is not None and found.is_available else None
