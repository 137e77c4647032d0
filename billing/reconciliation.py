"""Making Stripe, purchases and ledger agree; what cannot be made to is a finding for a person."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.utils import timezone

from billing import balance_comparison, books, findings, refunds, sweeps, top_up

log = structlog.get_logger(__name__)
COMPARED_DAYS = 3
# Stripe counts in whole seconds.
AT_ONCE = timedelta(seconds=-1)


def frequent(event_grace: timedelta = sweeps.ON_ITS_WAY) -> dict[str, int]:
    """Every 10 minutes: what webhooks did not bring. Counts by step; see `_run`."""
    return _run(
        {
            "events_taken": lambda: sweeps.take_undelivered(event_grace),
            "sessions_settled": sweeps.settle_sessions,
            "top_ups_settled": top_up.reconcile_pending,
            "refunds_settled": refunds.resume_pending,
            "events_given_up": books.check_events,
        }
    )


def nightly(
    days: float = COMPARED_DAYS, balance_grace: timedelta = balance_comparison.SETTLING
) -> dict[str, int]:
    """Every night: the balance of the last days, every ledger, every guard. Counts by step; see `_run`."""
    since = timezone.now() - timedelta(days=days)
    return _run(
        {
            "purchases_mended": lambda: balance_comparison.compare(since, balance_grace),
            "ledgers_wrong": books.check_ledgers,
            "grants_wrong": books.check_grants,
            "guards_missing": books.check_guards,
        }
    )


def everything(days: float = COMPARED_DAYS, *, at_once: bool = False) -> dict[str, int]:
    """Both of them now. `at_once`: count as missed what is only seconds old and may still be on its way."""
    if at_once:
        return {**frequent(AT_ONCE), **nightly(days, AT_ONCE)}
    return {**frequent(), **nightly(days)}


def _run(steps: dict[str, Callable[[], int]]) -> dict[str, int]:
    """Take each step, whatever becomes of the others. One that fails is a finding until it succeeds again."""
    counts = {}
    for name, step in steps.items():
        problem = {}
        try:
            counts[name] = step()
        except Exception as exc:
            log.exception("reconciliation_step_failed", step=name)
            problem[name] = type(exc).__name__
        findings.record("step", problem, looked_at=[name])
    return {**counts, "unexplained": findings.unexplained()}
