"""Each movement of credits: what it changes, and that its cause books once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Account
from billing import clawback, ledger
from billing.audit import problems
from billing.errors import InsufficientCredits
from billing.models import CreditAccount, CreditGrant, Hold, LedgerTxn
from billing.selectors import balance

pytestmark = pytest.mark.django_db
Kind = CreditGrant.Kind
NOW = datetime(2031, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    return Account.objects.create(name="Ledger")


@pytest.fixture(autouse=True)
def _holds_together(account: Account) -> Any:
    """Whatever a test did, the ledger holds together afterwards."""
    yield
    assert problems(account) == []


def credits(account: Account) -> tuple[int, int, int]:
    found = balance(account)
    return found.available, found.held, found.debt


def owe(account: Account, amount: int) -> None:
    """A purchase that was spent and is then refunded; with nothing else available, all of it is owed."""
    ref = f"pur_{CreditGrant.objects.count()}"
    ledger.grant(account=account, amount=amount, kind=Kind.PAID, source=f"purchase:{ref}", ref=ref)
    ledger.hold(account=account, job=f"rst_{ref}", amount=amount)
    ledger.capture(job=f"rst_{ref}")
    clawback.reverse_to(account=account, ref=ref, target=amount, reason="refund")


def test_an_account_without_credits_has_none(account: Account) -> None:
    assert credits(account) == (0, 0, 0)


def test_a_source_grants_once(account: Account) -> None:
    assert ledger.grant(account=account, amount=10, kind=Kind.PAID, source="purchase:a")
    assert not ledger.grant(account=account, amount=10, kind=Kind.PAID, source="purchase:a")
    assert not ledger.grant(account=account, amount=99, kind=Kind.PROMO, source="purchase:a")
    assert credits(account) == (10, 0, 0)
    assert LedgerTxn.objects.count() == 1


def test_a_source_grants_once_across_accounts(account: Account) -> None:
    other = Account.objects.create(name="Other")
    assert ledger.grant(account=account, amount=3, kind=Kind.TRIAL, source="trial:same")
    assert not ledger.grant(account=other, amount=3, kind=Kind.TRIAL, source="trial:same")
    assert credits(other) == (0, 0, 0)
    assert problems(other) == []


@pytest.mark.parametrize("amount", [0, -1])
def test_a_grant_is_positive(account: Account, amount: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        ledger.grant(account=account, amount=amount, kind=Kind.PAID, source="purchase:a")


def test_a_hold_sets_credits_aside(account: Account) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PAID, source="purchase:a")
    held = ledger.hold(account=account, job="rst_1")
    assert credits(account) == (1, 1, 0)
    assert (held.state, held.amount) == (Hold.State.HELD, 1)
    assert [(part.grant.source, part.amount) for part in held.allocations.all()] == [("purchase:a", 1)]


def test_a_hold_that_is_not_covered_changes_nothing(account: Account) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PAID, source="purchase:a")
    with pytest.raises(InsufficientCredits) as refused:
        ledger.hold(account=account, job="rst_1", amount=3)
    assert (refused.value.status, refused.value.code) == (402, "insufficient_credits")
    assert "you have 2" in refused.value.message
    assert credits(account) == (2, 0, 0)
    assert not Hold.objects.exists()


def test_a_job_is_held_once(account: Account) -> None:
    ledger.grant(account=account, amount=5, kind=Kind.PAID, source="purchase:a")
    ledger.hold(account=account, job="rst_1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.hold(account=account, job="rst_1")
    assert credits(account) == (4, 1, 0)


def test_capture_spends_and_release_gives_back(account: Account) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PAID, source="purchase:a")
    ledger.hold(account=account, job="rst_1")
    ledger.hold(account=account, job="rst_2")
    assert ledger.capture(job="rst_1")
    assert ledger.release(job="rst_2", reason="corrupt_image")
    assert credits(account) == (1, 0, 0)
    assert LedgerTxn.objects.get(kind="release").reason == "corrupt_image"


def test_the_first_settlement_stands(account: Account) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PAID, source="purchase:a")
    ledger.hold(account=account, job="rst_1")
    ledger.hold(account=account, job="rst_2")
    assert ledger.capture(job="rst_1")
    assert ledger.release(job="rst_2", reason="x")
    settle: list[Callable[[], bool]] = [
        lambda: ledger.capture(job="rst_1"),
        lambda: ledger.release(job="rst_1", reason="x"),
        lambda: ledger.capture(job="rst_2"),
        lambda: ledger.release(job="rst_2", reason="x"),
        lambda: ledger.capture(job="rst_unknown"),
    ]
    assert [again() for again in settle] == [False] * 5
    assert credits(account) == (1, 0, 0)


def test_grants_burn_by_priority_then_expiry_then_age(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for kind, source, days in [
            (Kind.PAID, "paid:forever", None),
            (Kind.PAID, "paid:late", 90),
            (Kind.PAID, "paid:soon", 30),
            (Kind.PAID, "paid:forever-too", None),
            (Kind.ADJUST, "adjust", None),
            (Kind.PROMO, "promo", None),
            (Kind.TRIAL, "trial", None),
        ]:
            expires = NOW + timedelta(days=days) if days else None
            ledger.grant(account=account, amount=1, kind=kind, source=source, expires_at=expires)
            clock.shift(1)
        order = []
        for number in range(7):
            held = ledger.hold(account=account, job=f"rst_{number}")
            order += [part.grant.source for part in held.allocations.all()]
    assert order == [
        "trial",
        "promo",
        "adjust",
        "paid:soon",
        "paid:late",
        "paid:forever",
        "paid:forever-too",
    ]


def test_a_hold_may_draw_on_several_grants(account: Account) -> None:
    for name in ("a", "b", "c"):
        ledger.grant(account=account, amount=2, kind=Kind.PAID, source=f"purchase:{name}")
    held = ledger.hold(account=account, job="rst_1", amount=5)
    assert [part.amount for part in held.allocations.order_by("pk")] == [2, 2, 1]
    ledger.release(job="rst_1", reason="x")
    assert credits(account) == (6, 0, 0)


def test_expired_credits_cannot_be_held(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ledger.grant(
            account=account, amount=2, kind=Kind.PROMO, source="promo", expires_at=NOW + timedelta(days=1)
        )
        ledger.hold(account=account, job="rst_1")
        clock.shift(timedelta(days=1))
        with pytest.raises(InsufficientCredits):
            ledger.hold(account=account, job="rst_2")
        assert credits(account) == (0, 1, 0)


def test_credits_released_after_their_expiry_lapse(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ledger.grant(
            account=account, amount=1, kind=Kind.PROMO, source="promo", expires_at=NOW + timedelta(days=1)
        )
        ledger.hold(account=account, job="rst_1")
        clock.shift(timedelta(days=2))
        assert ledger.release(job="rst_1", reason="x")
    assert credits(account) == (0, 0, 0)
    assert CreditGrant.objects.get().lapsed == 1


def test_lapsing_books_once(account: Account) -> None:
    ledger.grant(account=account, amount=4, kind=Kind.PAID, source="a", expires_at=NOW)
    ledger.grant(account=account, amount=3, kind=Kind.PAID, source="b")
    row = CreditAccount.objects.get()
    assert ledger.lapse(row, now=NOW - timedelta(seconds=1)) == 0
    assert ledger.lapse(row, now=NOW) == 4
    assert ledger.lapse(row, now=NOW) == 0
    assert credits(account) == (3, 0, 0)


def test_a_debt_refuses_new_holds(account: Account) -> None:
    owe(account, 4)
    with pytest.raises(InsufficientCredits, match="4 credits are owed"):
        ledger.hold(account=account, job="rst_1")


def test_a_debt_is_repaid_first(account: Account) -> None:
    owe(account, 4)
    ledger.grant(account=account, amount=3, kind=Kind.PAID, source="purchase:a")
    assert credits(account) == (0, 0, 1)
    ledger.grant(account=account, amount=3, kind=Kind.PAID, source="purchase:b")
    assert credits(account) == (2, 0, 0)
    ledger.hold(account=account, job="rst_1", amount=2)
    assert credits(account) == (0, 2, 0)


@pytest.mark.parametrize(("debt", "after"), [(1, (2, 0, 0)), (3, (0, 0, 0)), (5, (0, 0, 2))])
def test_released_credits_repay_a_debt(account: Account, debt: int, after: tuple[int, int, int]) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PROMO, source="promo")
    ledger.grant(account=account, amount=1, kind=Kind.PAID, source="purchase:a")
    ledger.hold(account=account, job="rst_1", amount=3)
    owe(account, debt)
    assert ledger.release(job="rst_1", reason="x")
    assert credits(account) == after


def test_a_movement_belongs_to_the_callers_transaction(account: Account) -> None:
    ledger.grant(account=account, amount=2, kind=Kind.PAID, source="purchase:a")
    with transaction.atomic():
        ledger.hold(account=account, job="rst_1")
        transaction.set_rollback(True)  # what the credit was to pay for could not be stored
    assert credits(account) == (2, 0, 0)
    assert not Hold.objects.exists()
