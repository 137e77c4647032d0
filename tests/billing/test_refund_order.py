"""Refunds that operators order: what they take, what they give, and what they refuse."""

import pytest

from billing import ledger, refunds
from billing.models import Purchase, RefundAttempt
from billing.refunds import Offer
from core.errors import AppError
from tests.billing.bank import Bank

pytestmark = pytest.mark.django_db
State = RefundAttempt.State


def order(bank: Bank, purchase: Purchase, credits: int, **options: object) -> RefundAttempt:
    """As an operator does who has just looked."""
    given = {
        "seq": refunds.offer(purchase).seq,
        "reason": RefundAttempt.Reason.REQUESTED,
        "note": "She bought the wrong pack.",
        "operator": bank.shop.owner.user,
        **options,
    }
    return refunds.order(purchase=purchase, credits=credits, **given)  # type: ignore[arg-type]


def test_unused_credits_are_refunded_at_their_price(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(20)
    attempt = order(bank, purchase, 30)
    assert (attempt.state, attempt.amount) == (State.ACCEPTED, 1200)
    made = bank.shop.simulator.client.v1.refunds.retrieve(attempt.stripe_refund or "")
    assert (made.amount, made.reason) == (1200, "requested_by_customer")
    purchase.refresh_from_db()
    assert (purchase.state, purchase.refunded_amount, purchase.reversed_credits) == (
        Purchase.State.PARTIALLY_REVERSED,
        1200,
        30,
    )
    assert bank.credits == (0, 0, 0)


def test_by_default_no_more_than_is_unused(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(20)
    ledger.hold(account=purchase.account, job="rst_open", amount=5)
    assert refunds.offer(purchase).unused == 25
    with pytest.raises(AppError) as refused:
        order(bank, purchase, 26)
    assert (refused.value.code, refused.value.status) == ("not_refundable", 409)
    assert not RefundAttempt.objects.exists()
    assert bank.credits == (25, 5, 0)


def test_spent_credits_too_where_the_operator_says_so(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(20)
    attempt = order(bank, purchase, 50, beyond_unused=True)
    assert (attempt.state, attempt.amount) == (State.ACCEPTED, 2000)
    assert bank.credits == (0, 0, 20)


def test_several_refunds_come_to_the_price(bank: Bank) -> None:
    purchase = bank.bought()
    amounts = [order(bank, purchase, credits).amount for credits in (7, 7, 36)]
    assert amounts == [280, 280, 1440]
    assert bank.credits == (0, 0, 0)
    with pytest.raises(AppError):
        order(bank, purchase, 1, beyond_unused=True)


def test_what_was_used_while_the_operator_looked_is_not_refunded(bank: Bank) -> None:
    purchase = bank.bought()
    seen = refunds.offer(purchase)
    bank.spend(1)
    with pytest.raises(AppError):
        order(bank, purchase, seen.unused, seq=seen.seq)
    assert bank.credits == (49, 0, 0)


def test_nothing_is_refunded_of_what_cost_nothing(bank: Bank) -> None:
    with pytest.raises(AppError) as refused:
        refunds.offer(bank.shop.start())
    assert refused.value.code == "nothing_to_refund"


def test_a_refund_that_fails_later_gives_the_credits_back(bank: Bank) -> None:
    purchase = bank.bought()
    attempt = order(bank, purchase, 10)
    bank.settle(attempt.stripe_refund or "", "failed")
    bank.news(purchase)
    attempt.refresh_from_db()
    assert (attempt.state, bank.credits) == (State.FAILED, (50, 0, 0))


@pytest.mark.parametrize(
    ("charged", "granted", "lost", "credits", "amount"),
    [
        (2000, 50, 0, 7, 280),
        (2000, 50, 0, 50, 2000),
        (1999, 50, 0, 7, 280),  # 279.86, so that seven are taken and not six
        (1999, 50, 280, 43, 1719),
        (2000, 50, 39, 1, 1),  # 39 went back before and took no credit
        (1, 50, 0, 7, 0),  # a cent would take all fifty
        (1, 50, 0, 50, 1),
        (800, 10, 0, 3, 240),
    ],
)
def test_an_amount_takes_its_credits_and_not_one_more(
    charged: int, granted: int, lost: int, credits: int, amount: int
) -> None:
    assert Offer(seq=0, charged=charged, lost=lost, granted=granted, unused=0).amount(credits) == amount
