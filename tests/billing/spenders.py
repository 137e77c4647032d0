"""Many at once at one ledger: `python -m tests.billing.spenders` prints what each attempt came to, case by case.

Sixteen processes of four threads, forked before anything is connected, all starting at the same moment.
"""

import json
import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django

PROCESSES = 16
THREADS = 4


def spend(account: Any, spender: int, case: str = "spend") -> str:
    """Hold one credit for a job of its own."""
    from billing import ledger
    from billing.errors import InsufficientCredits

    try:
        ledger.hold(account=account, job=f"rst_{case}_{spender}")
    except InsufficientCredits:
        return "refused"
    return "held"


def same_job(account: Any, spender: int) -> str:
    """Hold one credit for the one job that everybody wants."""
    from django.db import IntegrityError

    from billing import ledger

    try:
        ledger.hold(account=account, job="rst_same")
    except IntegrityError:
        return "refused"
    return "held"


def same_source(account: Any, spender: int) -> str:
    """Grant what everybody else grants too."""
    from billing import ledger
    from billing.models import CreditGrant

    made = ledger.grant(account=account, amount=10, kind=CreditGrant.Kind.PAID, source="purchase:same")
    return "granted" if made else "repeated"


def settle(account: Any, spender: int) -> str:
    """Capture or release the one hold, half of them each."""
    from billing import ledger

    if spender % 2:
        return "captured" if ledger.capture(job="rst_open") else "late"
    return "released" if ledger.release(job="rst_open", reason="failed") else "late"


def reverse(account: Any, spender: int) -> str:
    """Hold a credit of a purchase, or take all of it back, half of them each."""
    from billing import clawback

    if spender % 2:
        return spend(account, spender, "reverse")
    change = clawback.reverse_to(account=account, ref="first", target=50, reason="refund")
    return "taken" if change else "repeated"


def capped(account: Any, spender: int) -> str:
    """Hold one credit with one of the account's keys, half of them each."""
    from accounts.models import ApiKey
    from billing import spending
    from billing.errors import KeyCapReached

    key = ApiKey.objects.filter(account=account).order_by("pk")[spender % 2]
    try:
        spending.hold(account=account, job=f"rst_capped{spender}", api_key=key)
    except KeyCapReached:
        return f"refused {key.name}"
    return f"held {key.name}"


def same_address(account: Any, spender: int) -> str:
    """Ask for the account of an address that nobody has yet."""
    from accounts.services import account_for_email

    found: str = account_for_email(email="new@example.org").public_id
    return found


@dataclass(frozen=True)
class Case:
    """What every thread tries, how often, and what the account has before."""

    attempt: Callable[[Any, int], str]
    credits: int
    times: int = 1
    hold: bool = False
    caps: tuple[int, ...] = ()


CASES = {
    "spend": Case(spend, credits=50, times=3),
    "same_job": Case(same_job, credits=100),
    "same_source": Case(same_source, credits=0),
    "same_address": Case(same_address, credits=0),
    "settle": Case(settle, credits=1, hold=True),
    "reverse": Case(reverse, credits=50),
    "capped": Case(capped, credits=100, caps=(10, 7)),
}


def process(name: str, place: int, start: Any, outcomes: Any) -> None:
    """One process: its threads try, their outcomes go into the queue."""
    from django.db import connection

    from accounts.models import Account

    case = CASES[name]
    found: list[str] = []

    def thread(number: int) -> None:
        try:
            account = Account.objects.get(name=name)
            connection.close()  # back to the pool: the others need it to get here
            start.wait(60)
            for time in range(case.times):
                found.append(case.attempt(account, (place * THREADS + number) * case.times + time))
        except Exception as exc:
            found.append(f"{type(exc).__name__}: {exc}")
        finally:
            connection.close()

    threads = [threading.Thread(target=thread, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    outcomes.put(found)


def race(name: str) -> dict[str, Any]:
    """Outcomes, balances and what the audit finds, after everybody has tried."""
    from django.db import connection

    _prepare(name)
    connection.close()  # nothing that is open may cross the fork, the pool and its threads least of all
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    context = multiprocessing.get_context("fork")
    start, outcomes = context.Barrier(PROCESSES * THREADS), context.Queue()
    children = [
        context.Process(target=process, args=(name, place, start, outcomes)) for place in range(PROCESSES)
    ]
    for child in children:
        child.start()
    results = [outcomes.get(timeout=150) for _ in children]
    for child in children:
        child.join()
    return {"outcomes": Counter(each for result in results for each in result), **_after(name)}


def _prepare(name: str) -> None:
    from accounts import api_keys, key_caps
    from accounts.models import Account
    from billing import ledger
    from billing.models import CreditGrant

    account, case = Account.objects.create(name=name), CASES[name]
    if case.credits:
        ledger.grant(
            account=account,
            amount=case.credits,
            kind=CreditGrant.Kind.PAID,
            source=f"first:{name}",
            ref="first" if name == "reverse" else "",
        )
    if case.hold:
        ledger.hold(account=account, job="rst_open")
    for cap in case.caps:
        key_caps.set_cap(key=api_keys.create(account=account, name=f"cap {cap}")[0], monthly_credits=cap)


def _after(name: str) -> dict[str, Any]:
    from accounts.models import Account
    from billing.audit import problems
    from billing.models import Hold
    from billing.selectors import balance

    account = Account.objects.get(name=name)
    return {
        "credits": balance(account).as_dict(),
        "holds": Hold.objects.filter(credit_account__account=account).count(),
        "problems": problems(account),
    }


def main() -> None:
    """Run every case on an account of its own."""
    django.setup()
    from django.conf import settings

    options = settings.DATABASES["default"]["OPTIONS"]
    if "pool" in options:
        options["pool"] = {
            "min_size": 0,
            "max_size": 2,
            "timeout": 60,
        }  # a server allows about 100 connections
    else:
        options["timeout"] = 60
    print(json.dumps({name: race(name) for name in CASES}))


if __name__ == "__main__":
    main()
