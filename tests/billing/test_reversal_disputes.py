"""Disputes: an inquiry takes nothing, a chargeback takes its share, and a won one gives it back."""

import pytest

from billing import standings
from billing.models import Purchase
from billing.stripe_client import Dispute
from tests.billing.bank import Bank

pytestmark = pytest.mark.django_db
State = Purchase.State


def test_an_inquiry_takes_nothing(bank: Bank) -> None:
    purchase = bank.bought()
    inquiry = bank.dispute(purchase, status="warning_needs_response")
    assert bank.news(purchase) == (State.FULFILLED, 0, True)
    bank.advance(inquiry, "warning_under_review")
    assert bank.news(purchase) == (State.FULFILLED, 0, True)
    bank.advance(inquiry, "warning_closed")
    assert bank.news(purchase) == (State.FULFILLED, 0, False)
    assert bank.credits == (50, 0, 0)


def test_an_inquiry_may_grow_into_a_chargeback(bank: Bank) -> None:
    purchase = bank.bought()
    inquiry = bank.dispute(purchase, status="warning_needs_response")
    bank.news(purchase)
    bank.advance(inquiry, "needs_response")
    assert bank.news(purchase) == (State.REVERSED, 50, True)


def test_a_lost_dispute_takes_all(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(5)
    dispute = bank.dispute(purchase)
    assert bank.news(purchase) == (State.REVERSED, 50, True)
    assert bank.credits == (0, 0, 5)
    bank.advance(dispute, "under_review")
    bank.advance(dispute, "lost")
    assert bank.news(purchase) == (State.REVERSED, 50, True)
    assert bank.credits == (0, 0, 5)


def test_a_won_dispute_gives_all_back(bank: Bank) -> None:
    purchase = bank.bought()
    bank.spend(5)
    dispute = bank.dispute(purchase)
    assert bank.news(purchase)[1] == 50
    bank.advance(dispute, "under_review")
    bank.advance(dispute, "won")
    assert bank.news(purchase) == (State.FULFILLED, 0, False)
    assert bank.credits == (45, 0, 0)


def test_a_prevented_dispute_takes_nothing(bank: Bank) -> None:
    purchase = bank.bought()
    bank.dispute(purchase, status="prevented")
    assert bank.news(purchase) == (State.FULFILLED, 0, False)


def test_a_partial_dispute_takes_its_share(bank: Bank) -> None:
    purchase = bank.bought()
    bank.dispute(purchase, amount=800)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 20, True)
    assert bank.credits == (30, 0, 0)


def test_refunded_and_disputed_is_taken_once(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 1200)
    assert bank.news(purchase)[1] == 30
    dispute = bank.dispute(purchase)  # the bank disputes the whole charge all the same
    assert bank.news(purchase) == (State.REVERSED, 50, True)
    assert bank.credits == (0, 0, 0)
    bank.advance(dispute, "won")
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 30, False)
    assert bank.credits == (20, 0, 0)


def test_a_refund_and_a_partial_dispute_add_up(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 400)
    bank.dispute(purchase, amount=400)
    assert bank.news(purchase) == (State.PARTIALLY_REVERSED, 20, True)


def test_the_dispute_of_one_purchase_is_taken_from_another_and_returned_to_it(bank: Bank) -> None:
    first = bank.bought()
    bank.spend(50)
    bank.bought()
    dispute = bank.dispute(first)
    bank.news(first)
    assert bank.credits == (0, 0, 0)
    bank.advance(dispute, "won")
    bank.news(first)
    assert bank.credits == (50, 0, 0)


@pytest.mark.parametrize(("currency", "taken"), [("usd", 700), ("eur", 2000)])
def test_another_currency_than_ours_is_taken_for_the_whole_charge(currency: str, taken: int) -> None:
    dispute = Dispute.construct_from({"status": "lost", "amount": 700, "currency": currency}, None)
    assert standings._taken(dispute, Purchase(currency="usd"), 2000) == taken
