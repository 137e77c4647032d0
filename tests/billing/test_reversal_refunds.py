"""Refunds made at Stripe: the share of the credits that the money went back for, no more and no less."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import ledger, purchases, reversals
from billing.models import CreditGrant, LedgerTxn, Purchase
from tests.billing.bank import Bank

pytestmark = pytest.mark.django_db
State = Purchase.State


def test_nothing_refunded_takes_nothing(bank: Bank) -> None:
    purchase = bank.bought()
    assert bank.news(purchase) == (State.FULFILLED, 0, False)
    assert bank.credits == (50, 0, 0)


def test_a_full_refund_takes_all(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase)
    assert bank.news(purchase) == (State.REVERSED, 50, False)
    assert bank.credits == (0, 0, 0)
    purchase.refresh_from_db()
    assert purchase.refunded_amount == 2000


def test_a_partial_refund_takes_its_share(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 500)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 12, False)  # 12.5, rounded for the customer
    assert bank.credits == (38, 0, 0)


def test_a_refund_of_less_than_a_credit_takes_none(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 39)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 0, False)
    purchase.refresh_from_db()
    assert purchase.refunded_amount == 39


def test_a_second_partial_refund_is_not_taken_for_the_first(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 400)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 10, False)
    bank.refund(purchase, 400)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 20, False)
    bank.refund(purchase)
    assert bank.news(purchase) == (State.REVERSED, 50, False)
    assert bank.credits == (0, 0, 0)


def test_the_same_news_twice_takes_once(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 400)
    for _ in range(3):
        assert bank.news(purchase)[1] == 10
    assert LedgerTxn.objects.filter(kind="reverse").count() == 1


def test_a_pending_refund_counts_already(bank: Bank) -> None:
    purchase = bank.bought()
    refund = bank.refund(purchase, 1000, "pending")
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 25, False)
    bank.settle(refund, "succeeded")
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 25, False)
    assert bank.credits == (25, 0, 0)


@pytest.mark.parametrize("outcome", ["failed", "canceled"])
def test_a_refund_that_came_to_nothing_gives_the_credits_back(bank: Bank, outcome: str) -> None:
    purchase = bank.bought()
    refund = bank.refund(purchase, None, "pending")
    assert bank.news(purchase) == (State.REVERSED, 50, False)
    bank.settle(refund, outcome)
    assert bank.news(purchase) == (State.FULFILLED, 0, False)
    assert bank.credits == (50, 0, 0)


def test_a_refund_that_the_bank_sends_back_gives_the_credits_back(bank: Bank) -> None:
    purchase = bank.bought()
    kept, sent_back = bank.refund(purchase, 400), bank.refund(purchase, 600)
    assert kept != sent_back
    assert bank.news(purchase)[1] == 25
    bank.settle(sent_back, "failed")
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 10, False)
    assert bank.credits == (40, 0, 0)


def test_the_bonus_goes_with_the_purchase(bank: Bank) -> None:
    purchase = bank.bought()
    bank.bonus(purchase, 5)
    refund = bank.refund(purchase, 1000)
    assert bank.news(purchase)[1] == 27  # of 55
    bank.settle(refund, "failed")
    bank.refund(purchase)
    assert bank.news(purchase)[1] == 55
    assert bank.credits == (0, 0, 0)


def test_what_was_spent_is_owed(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(30)
    bank.refund(purchase)
    assert bank.news(purchase)[1] == 50
    assert bank.credits == (0, 0, 30)


def test_the_next_purchase_pays_what_is_owed(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(30)
    bank.refund(purchase)
    bank.news(purchase)
    bank.bought()
    assert bank.credits == (20, 0, 0)


def test_a_failed_refund_undoes_a_debt_that_was_paid_meanwhile(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(30)
    refund = bank.refund(purchase)
    bank.news(purchase)
    bank.bought()
    bank.settle(refund, "failed")
    assert bank.news(purchase) == (State.FULFILLED, 0, False)
    assert bank.credits == (70, 0, 0)


def test_expired_credits_that_are_refunded_make_no_debt(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(20)
    CreditGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    bank.refund(purchase)
    assert bank.news(purchase)[1] == 50
    assert bank.credits == (0, 0, 20)  # the spent ones alone
    grant = CreditGrant.objects.get()
    assert (grant.spent, grant.lapsed, grant.reversed) == (20, 0, 30)


def test_expired_credits_come_back_expired(bank: Bank) -> None:
    purchase = bank.bought()
    CreditGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refund = bank.refund(purchase)
    bank.news(purchase)
    bank.settle(refund, "failed")
    assert bank.news(purchase)[1] == 0
    assert bank.credits == (0, 0, 0)
    assert CreditGrant.objects.get().lapsed == 50


@pytest.mark.parametrize(("captured", "owed"), [(True, 10), (False, 0)])
def test_a_photo_in_progress_is_finished(bank: Bank, captured: bool, owed: int) -> None:
    purchase = bank.bought()
    account = bank.shop.owner.account
    ledger.hold(account=account, job="rst_open", amount=10)
    bank.refund(purchase)
    assert bank.news(purchase)[1] == 50
    assert bank.credits == (0, 10, 10)
    assert ledger.capture(job="rst_open") if captured else ledger.release(job="rst_open", reason="failed")
    assert bank.credits == (0, 0, owed)


def test_settling_the_session_again_does_not_undo_it(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase)
    bank.news(purchase)
    assert purchases.fulfill(purchase.stripe_session or "").state == State.REVERSED
    assert bank.credits == (0, 0, 0)


@pytest.mark.parametrize(
    ("credits", "lost", "amount", "taken"),
    [
        (50, 0, 2000, 0),
        (50, 2000, 2000, 50),
        (50, 2001, 2000, 50),
        (3, 1, 2, 1),
        (7, 1999, 2000, 6),
        (1, 499, 500, 0),
        (50, 0, 0, 0),
    ],
)
def test_the_share_is_rounded_for_the_customer(credits: int, lost: int, amount: int, taken: int) -> None:
    assert reversals.target(credits, lost, amount) == taken
