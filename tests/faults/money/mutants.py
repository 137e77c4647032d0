"""Would the tests notice? Each mutant is the shipped code with one rule taken out, in a copy, under one test."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.weights import REPOSITORY

COPIED = ("accounts", "billing", "platform", "restoration", "templates", "tests")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "photos", "docs", "weights", "*.jpg", "*.png")
TEST_FAILED = 1  # pytest's exit status; others mean that it could not run


@dataclass(frozen=True)
class Mutant:
    """What is taken out of which file, and who must notice. Every `old` occurs exactly once."""

    name: str
    file: str
    patches: tuple[tuple[str, str], ...]
    test: str


MUTANTS = (
    Mutant(
        "no_key",
        "billing/ledger.py",
        (
            (
                "            source=source,\n",
                '            source=f"{source}:{timezone.now().timestamp()}",\n',
            ),
            ('book(owner, f"grant:{source}",', 'book(owner, f"grant:{made.source}",'),
        ),
        "tests/billing/test_ledger_movements.py::test_a_source_grants_once",
    ),
    Mutant(
        "delta_clawback",
        "billing/clawback.py",
        (("change = target - taken_back(ref)", "change = target"),),
        "tests/billing/test_reversal_refunds.py::test_the_same_news_twice_takes_once",
    ),
    Mutant(
        "missing_where",
        "billing/ledger.py",
        (("filter(pk=row.pk, available__gte=amount, debt=0)", "filter(pk=row.pk)"),),
        "tests/billing/test_ledger_movements.py::test_a_hold_that_is_not_covered_changes_nothing",
    ),
    Mutant(
        "flag_before_effect",
        "billing/stripe_events.py",
        (
            (
                "        _finish(event, Status.PROCESSED, handler.apply(found))\n",
                '        _finish(event, Status.PROCESSED, "")\n'
                "    with transaction.atomic():\n"
                "        handler.apply(found)\n",
            ),
        ),
        "tests/billing/test_inbox_effects.py::test_an_effect_that_fails_leaves_the_event_to_be_done",
    ),
    Mutant(
        "fulfil_on_unpaid",
        "billing/purchases.py",
        (
            (
                'session.status == "complete" and session.payment_status != "unpaid"',
                'session.status == "complete"',
            ),
        ),
        "tests/billing/test_purchase_delayed.py::test_unpaid_brings_nothing_yet",
    ),
    Mutant(
        "unsigned_accepted",
        "billing/stripe_client.py",
        (
            (
                '        raise InvalidSignature("no secret of ours made',
                '        log = ("no secret of ours made',
            ),
        ),
        "tests/billing/test_webhook_signature.py::test_another_secret_is_refused",
    ),
    Mutant(
        "no_idempotency_key",
        "billing/top_up_payments.py",
        (('{"idempotency_key": f"top_up:{attempt.public_id}"}', "{}"),),
        "tests/billing/test_top_up_lost_answers.py",
    ),
)


def run_mutants(mutants: tuple[Mutant, ...]) -> dict[str, int]:
    """How many mutants there were, how many their tests caught, and whether the code as it is passes them."""
    with tempfile.TemporaryDirectory(prefix="hl-mutants-") as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(REPOSITORY / name, copy / name, ignore=LEFT_OUT)
        for name in ("pyproject.toml", "manage.py"):
            shutil.copy(REPOSITORY / name, copy / name)
        sound = _status(copy, [mutant.test for mutant in mutants])
        caught = [mutant.name for mutant in mutants if _caught(copy, mutant)]
        for name in sorted({mutant.name for mutant in mutants} - set(caught)):
            print(f"mutant survived: {name}", file=sys.stderr)
    return {"mutants": len(mutants), "mutants_caught": len(caught), "mutants_sound_code_failed": sound}


def _caught(copy: Path, mutant: Mutant) -> bool:
    path = copy / mutant.file
    sound = path.read_text()
    changed = sound
    for old, new in mutant.patches:
        if changed.count(old) != 1:
            raise AssertionError(f"{mutant.name} fits {changed.count(old)} times: {old}")
        changed = changed.replace(old, new)
    try:
        _write(path, changed)
        return _status(copy, [mutant.test]) == TEST_FAILED
    finally:
        _write(path, sound)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    # Compiled code counts as fresh when time in seconds and size agree.
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def _status(copy: Path, tests: list[str]) -> int:
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'platform'}:{copy}"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, TEST_FAILED):
        print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)
    return done.returncode
