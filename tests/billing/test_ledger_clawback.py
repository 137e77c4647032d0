"""What a clawback takes and from where, and that it returns what it took and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Account
from billing import clawback, ledger
from billing.audit import problems
from billing.models import Clawback, CreditGrant, LedgerTxn
from billing.selectors import balance

pytestmark = pytest.mark.django_db
Kind = CreditGrant.Kind
NOW = datetime(2031, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account.objects.create(name="Clawback")
    yield made
    assert problems(made) == []


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def buy(account: Account, name: str, amount: int, days: int | None = None) -> None:
    ledger.grant(
        account=account,
        amount=amount,
        kind=Kind.PAID,
        source=f"purchase:{name}",
        ref=name,
        expires_at=NOW + timedelta(days=days) if days else None,
    )


def spend(account: Account, job: str, amount: int) -> None:
    ledger.hold(account=account, job=job, amount=amount)
    ledger.capture(job=job)


def reverse(account: Account, name: str, target: int) -> int:
    return clawback.reverse_to(account=account, ref=name, target=target, reason="refund")


def credits(account: Account) -> tuple[int, int, int]:
    found = balance(account)
    return found.available, found.held, found.debt


def parts(name: str) -> dict[str, int]:
    grant = CreditGrant.objects.get(source=f"purchase:{name}")
    return {
        part: amount for part in ("free", "spent", "lapsed", "reversed") if (amount := getattr(grant, part))
    }


def test_its_own_credits_go_before_others(account: Account) -> None:
    ledger.grant(account=account, amount=5, kind=Kind.PROMO, source="promo")  # would be spent first
    buy(account, "a", 10)
    assert reverse(account, "a", 8) == 8
    assert parts("a") == {"free": 2, "reversed": 8}
    assert credits(account) == (7, 0, 0)


def test_then_others_in_the_order_of_spending_and_then_debt(account: Account) -> None:
    buy(account, "a", 10, days=1)
    spend(account, "rst_a", 10)
    buy(account, "late", 4, days=30)
    buy(account, "soon", 3, days=5)
    assert reverse(account, "a", 4) == 4
    assert (parts("soon"), parts("late")) == ({"reversed": 3}, {"free": 3, "reversed": 1})
    assert reverse(account, "a", 10) == 6
    assert credits(account) == (0, 0, 3)


def test_the_target_is_what_counts(account: Account) -> None:
    buy(account, "a", 10)
    assert [reverse(account, "a", target) for target in (4, 4, 7, 7, 2, 0, 0)] == [4, 0, 3, 0, -5, -2, 0]
    assert credits(account) == (10, 0, 0)
    kinds = LedgerTxn.objects.order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["grant", "reverse", "reverse", "reinstate", "reinstate"]


@pytest.mark.parametrize("target", [-1, 11])
def test_no_more_is_taken_than_came(account: Account, target: int) -> None:
    buy(account, "a", 10)
    with pytest.raises(ValueError, match="cannot be taken back"):
        reverse(account, "a", target)
    with pytest.raises(ValueError, match="cannot be taken back"):
        reverse(account, "never-bought", 1)
    assert credits(account) == (10, 0, 0)


def test_a_purchase_gets_back_what_was_taken_for_it_and_no_other(
    account: Account, clock: time_machine.Traveller
) -> None:
    buy(account, "old", 6, days=1)
    buy(account, "new", 9)
    clock.shift(timedelta(days=2))
    ledger.lapse(ledger.credit_account(account))
    assert reverse(account, "old", 6) == 6  # nobody misses them
    buy(account, "spent", 5, days=9)
    spend(account, "rst_1", 5)
    assert reverse(account, "spent", 5) == 5
    assert (parts("new"), credits(account)) == ({"free": 4, "reversed": 5}, (4, 0, 0))
    assert reverse(account, "old", 0) == -6
    assert (parts("old"), credits(account)) == ({"lapsed": 6}, (4, 0, 0))
    assert reverse(account, "spent", 0) == -5
    assert (parts("new"), credits(account)) == ({"free": 9}, (9, 0, 0))


def test_what_comes_back_pays_for_another_purchase_that_is_owed_for(account: Account) -> None:
    buy(account, "a", 10)
    assert reverse(account, "a", 10) == 10
    buy(account, "b", 4)
    spend(account, "rst_b", 4)
    assert reverse(account, "b", 4) == 4
    assert credits(account) == (0, 0, 4)
    assert reverse(account, "a", 0) == -10
    assert (parts("a"), credits(account)) == ({"free": 6, "reversed": 4}, (6, 0, 0))
    assert reverse(account, "b", 0) == -4
    assert (parts("a"), credits(account)) == ({"free": 10}, (10, 0, 0))


def test_debts_are_paid_in_the_order_they_arose(account: Account) -> None:
    for name in ("first", "second"):
        buy(account, name, 3)
        spend(account, f"rst_{name}", 3)
    for name in ("first", "second"):
        reverse(account, name, 3)
    buy(account, "c", 4)
    assert credits(account) == (0, 0, 2)
    owed = Clawback.objects.filter(grant=None, amount__gt=0).values_list("ref", "amount")
    assert dict(owed) == {"second": 2}
    assert reverse(account, "first", 0) == -3  # three of the four that paid for it: two pay for the second
    assert (parts("c"), credits(account)) == ({"free": 1, "reversed": 3}, (1, 0, 0))


def test_it_goes_back_the_way_it_came(account: Account, clock: time_machine.Traveller) -> None:
    buy(account, "a", 10, days=1)
    spend(account, "rst_1", 5)
    buy(account, "b", 5)
    clock.shift(timedelta(days=2))
    assert reverse(account, "a", 5) == 5
    assert (parts("a"), parts("b")) == ({"spent": 5, "reversed": 5}, {"free": 5})
    assert reverse(account, "a", 10) == 5
    assert parts("b") == {"reversed": 5}
    assert reverse(account, "a", 5) == -5  # as if it had never gone up
    assert (parts("a"), parts("b")) == ({"spent": 5, "reversed": 5}, {"free": 5})


def test_credits_that_lapse_a_second_time_are_booked_a_second_time(
    account: Account, clock: time_machine.Traveller
) -> None:
    buy(account, "a", 8, days=1)
    ledger.hold(account=account, job="rst_1", amount=4)
    clock.shift(timedelta(days=2))
    assert ledger.lapse(ledger.credit_account(account)) == 4
    assert reverse(account, "a", 4) == 4
    assert ledger.release(job="rst_1", reason="failed")
    assert (parts("a"), credits(account)) == ({"lapsed": 4, "reversed": 4}, (0, 0, 0))
    assert LedgerTxn.objects.filter(kind="expire").count() == 2


def test_expired_credits_of_others_pay_nothing(account: Account, clock: time_machine.Traveller) -> None:
    buy(account, "a", 3)
    spend(account, "rst_1", 3)
    ledger.grant(
        account=account, amount=5, kind=Kind.PROMO, source="promo", expires_at=NOW + timedelta(days=1)
    )
    clock.shift(timedelta(days=2))
    assert reverse(account, "a", 3) == 3
    assert credits(account) == (0, 0, 3)
