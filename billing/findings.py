"""What reconciliation could not make agree, kept until it agrees or a person has said why it does not."""

from collections.abc import Collection, Mapping

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing.models import ReconciliationFinding

log = structlog.get_logger(__name__)
State = ReconciliationFinding.State


def record(kind: str, found: Mapping[str, str], looked_at: Collection[str] | None = None) -> int:
    """Write down what a check found: subject → detail. How many are unexplained now.

    A subject that was looked at and is not among them is in order again. `looked_at` None: the check saw all
    there is. An explanation holds as long as the detail stays the same.
    """
    now = timezone.now()
    with transaction.atomic():
        for subject, detail in found.items():
            row, made = ReconciliationFinding.objects.select_for_update().get_or_create(
                kind=kind, subject=subject, defaults={"detail": detail}
            )
            if made or row.state == State.GONE or row.detail != detail:
                log.error("reconciliation_finding", kind=kind, subject=subject, detail=detail)
                row.state, row.detail, row.closed_at = State.OPEN, detail, None
            row.seen_at = now
            row.save()
        for row in ReconciliationFinding.objects.filter(kind=kind).exclude(state=State.GONE):
            if row.subject not in found and (looked_at is None or row.subject in looked_at):
                row.state, row.closed_at = State.GONE, now
                row.save()
    return ReconciliationFinding.objects.filter(kind=kind, state=State.OPEN).count()


def explain(*, finding: ReconciliationFinding, user: User, text: str) -> None:
    """Close a finding in a person's words. Raises ValueError without any."""
    if not text.strip():
        raise ValueError("an explanation needs words")
    ReconciliationFinding.objects.filter(pk=finding.pk).update(
        state=State.EXPLAINED, explanation=text.strip(), explained_by=user, closed_at=timezone.now()
    )


def unexplained() -> int:
    """How many findings wait for a person."""
    return ReconciliationFinding.objects.filter(state=State.OPEN).count()
