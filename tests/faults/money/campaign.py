"""The campaign's parts in a row, what must be zero afterwards, and the table for the documentation."""

import json
import os
import time
from dataclasses import dataclass, replace
from typing import Any

from tests.billing.spenders import CASES, PROCESSES, THREADS
from tests.core.shared_database import run as run_python
from tests.core.shared_database import shared_database
from tests.faults.money.audit import AUDIT, FORBIDDEN
from tests.faults.money.deliveries import Deliveries
from tests.faults.money.kills import Kills
from tests.faults.money.mutants import MUTANTS, Mutant, run_mutants
from tests.faults.money.stack import Stack
from tests.processes import wait_until

RECONCILE = """
from billing import reconciliation
result = reconciliation.everything(days=1, at_once=True)
"""
REPLAY = """
from billing import stripe_events
from billing.models import StripeEvent
result = stripe_events.replay(StripeEvent.objects.filter(status__in=StripeEvent.WAITING))
"""
WAITING = "SELECT count(*) FROM billing_stripeevent WHERE status IN ('received', 'failed')"


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    deliveries: int = 10_000
    purchases: int = 300
    kills: int = 200
    orphans: int = 20
    spenders: bool = True
    mutants: tuple[Mutant, ...] = MUTANTS

    def changed(self, given: dict[str, int | None]) -> "Size":
        """With the numbers that are given."""
        return replace(self, **{name: number for name, number in given.items() if number is not None})


# The races of spenders and every mutant's test run in the suite by themselves.
SHORT = Size(deliveries=300, purchases=12, kills=8, orphans=3, spenders=False, mutants=())


def run(size: Size, only: str | None = None, seed: int = 1) -> dict[str, int]:
    """All parts, or one of them: counts by what they count."""
    started = time.monotonic()
    report: dict[str, int] = {}
    if only in (None, "deliveries", "kills"):
        report |= _on_a_stack(size, only, seed)
    if only in (None, "spenders") and size.spenders:
        report |= _spenders()
    if only in (None, "mutants") and size.mutants:
        report |= run_mutants(size.mutants)
    return {**report, "seconds": round(time.monotonic() - started)}


def _on_a_stack(size: Size, only: str | None, seed: int) -> dict[str, int]:
    report: dict[str, int] = {}
    stack = Stack()
    try:
        stack.start()
        report["postgresql"] = int(not stack.environment["DATABASE_URL"].startswith("sqlite"))
        if only in (None, "deliveries"):
            report |= Deliveries(stack, size.deliveries, size.purchases, seed).run()
        if only in (None, "kills"):
            report |= Kills(stack, size.kills, seed, size.orphans).run()
        report |= _mend(stack)
        report |= stack.evaluate(AUDIT)
    except BaseException:
        print(stack.logs()[-6000:])
        raise
    finally:
        stack.stop()
    return report


def _mend(stack: Stack) -> dict[str, int]:
    """What an operator does after an outage: reconcile, replay what waits, look again."""
    counts: dict[str, int] = stack.evaluate(RECONCILE)
    stack.evaluate(REPLAY)
    wait_until(lambda: stack.count(WAITING) == 0, 120, "the inbox is empty", every=0.5)
    mended = {name: counts[name] for name in ("events_taken", "sessions_settled", "purchases_mended")}
    return {**mended, "unexplained": stack.evaluate(RECONCILE)["unexplained"]}


def _spenders() -> dict[str, int]:
    with shared_database() as environment:
        found: dict[str, Any] = json.loads(
            run_python(["-m", "tests.billing.spenders"], environment).splitlines()[-1]
        )
    spent, credits = found["spend"], CASES["spend"].credits
    return {
        "spenders": PROCESSES * THREADS,
        "spenders_attempts": sum(spent["outcomes"].values()),
        "spenders_on_postgresql": int(os.environ.get("DATABASE_URL", "").startswith("postgres")),
        # From the rows afterwards: what is held beyond what there was.
        "overspends": max(0, spent["holds"] - credits) + max(0, -spent["credits"]["available"]),
        "spenders_invariant_breaks": sum(len(case["problems"]) for case in found.values()),
    }


def broken(report: dict[str, int]) -> list[str]:
    """What must be zero, or all, and is not."""
    forbidden = (*FORBIDDEN, "spenders_invariant_breaks", "mutants_sound_code_failed")
    found = [f"{name}: {report[name]}" for name in forbidden if report.get(name)]
    for all_of, done in (("mutants", "mutants_caught"), ("orphans_planted", "orphans_settled")):
        if all_of in report and report.get(done) != report[all_of]:
            found.append(f"{done}: {report.get(done)} of {report[all_of]}")
    return found


def table(report: dict[str, int]) -> str:
    """The report as Markdown."""
    rows = [f"| {name.replace('_', ' ')} | {number:,} |" for name, number in report.items()]
    return "\n".join(["| what | count |", "|---|---:|", *rows])
