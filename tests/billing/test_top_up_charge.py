"""A balance that fell below the threshold: the saved card is charged once, and the credits are there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import Account
from billing import catalog, stripe_events, top_up
from billing.models import CreditGrant, Purchase, TopUpAttempt
from tests.billing.shop import deliver, kept
from tests.billing.top_ups import TopUps, sent
from tests.conftest import Owner

State = TopUpAttempt.State
pytestmark = pytest.mark.django_db


def test_the_card_is_charged_and_the_credits_are_there(top_ups: TopUps) -> None:
    top_ups.agree()
    attempt = top_ups.consider()
    assert (attempt.state, top_ups.shop.available) == (State.SUCCEEDED, 50)
    assert [charge.amount for charge in top_ups.charged()] == [2000]
    purchase = attempt.purchase
    assert purchase.state == Purchase.State.FULFILLED
    assert (purchase.total, purchase.stripe_payment_intent) == (2000, attempt.stripe_payment_intent)
    assert "/receipts/ch_" in purchase.receipt_url
    grant = CreditGrant.objects.get(source=f"purchase:{purchase.public_id}")
    assert (grant.kind, grant.amount) == (CreditGrant.Kind.PAID, 50)
    assert grant.expires_at is not None


def test_the_customer_is_told_of_the_payment(top_ups: TopUps) -> None:
    top_ups.agree()
    attempt = top_ups.consider()
    text = sent("top_up_paid")
    assert "charged your Visa …4242 $20.00 and added 50 credits" in text
    assert attempt.purchase.public_id in text


def test_stripe_is_told_whose_payment_it_is(top_ups: TopUps) -> None:
    top_ups.agree()
    attempt = top_ups.consider()
    intent = top_ups.shop.simulator.client.v1.payment_intents.retrieve(attempt.stripe_payment_intent or "")
    assert intent.metadata.to_dict() == {  # type: ignore[attr-defined]
        "top_up": attempt.public_id,
        "purchase": attempt.purchase.public_id,
        "account": top_ups.shop.owner.account.public_id,
    }
    assert intent.customer == top_ups.shop.owner.account.stripe_customer


def test_the_webhook_that_follows_grants_nothing_more(top_ups: TopUps, client: Client) -> None:
    top_ups.agree()
    attempt = top_ups.consider()
    told = top_ups.shop.endpoint.await_event(attempt.stripe_payment_intent or "", "payment_intent.succeeded")
    assert deliver(client, told).status_code == 200
    stripe_events.process(kept(told).pk)
    assert kept(told).status == "processed"
    assert (top_ups.shop.available, top_ups.shop.grants(), top_ups.mails()) == (50, 1, ["top_up_paid"])


@pytest.mark.parametrize("balance", [5, 6])
def test_at_the_threshold_nothing_is_bought(top_ups: TopUps, balance: int) -> None:
    top_ups.agree()
    top_ups.give(balance)
    assert top_ups.nothing_to_do()
    assert top_ups.charged() == []


def test_nobody_is_topped_up_who_did_not_agree(top_ups: TopUps) -> None:
    assert top_ups.nothing_to_do()
    assert top_up.sweep() == 0
    assert TopUpAttempt.objects.count() == 0


def test_no_more_than_the_monthly_limit(top_ups: TopUps) -> None:
    with time_machine.travel(datetime(2027, 1, 31, 23, 0, tzinfo=UTC), tick=False):
        top_ups.agree(monthly_limit=2)
        for _ in range(2):
            assert top_ups.consider().state == State.SUCCEEDED
            top_ups.spend(50)
        assert top_ups.nothing_to_do()
    with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False):
        assert top_ups.consider().state == State.SUCCEEDED
    assert len(top_ups.charged()) == 3


def test_a_new_price_is_not_charged_unasked(top_ups: TopUps, monkeypatch: pytest.MonkeyPatch) -> None:
    top_ups.agree()
    monkeypatch.setitem(catalog.UNIT_PRICES, "usd", (60, 50, 40))
    assert top_ups.nothing_to_do()
    assert (top_ups.rule().enabled, top_ups.rule().ended) == (False, "price_changed")
    assert top_ups.charged() == []
    assert "no longer the one that you agreed to" in sent("top_up_ended")


def test_where_stripe_works_out_taxes_nothing_is_charged(top_ups: TopUps, settings: object) -> None:
    top_ups.agree()
    settings.STRIPE_AUTOMATIC_TAX = True  # type: ignore[attr-defined]
    assert top_ups.nothing_to_do()


def test_the_sweeper_begins_what_no_message_did(top_ups: TopUps) -> None:
    top_ups.agree()
    assert top_up.sweep() == 1
    assert top_ups.shop.available == 50
    assert top_up.sweep() == 0


def test_an_account_that_fails_keeps_no_other_waiting(
    top_ups: TopUps, make_owner: Callable[..., Owner], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = TopUps(replace(top_ups.shop, owner=make_owner("broken@example.org", credits=0)))
    broken.agree()
    top_ups.agree()
    begin = top_up.begin

    def begin_or_break(account: Account) -> TopUpAttempt | None:
        if account == broken.shop.owner.account:
            raise RuntimeError("its rows cannot be read")
        return begin(account)

    monkeypatch.setattr(top_up, "begin", begin_or_break)
    assert top_up.sweep() == 1
    assert (top_ups.shop.available, broken.shop.available) == (50, 0)
