"""The bank wants its customer: a mail with Stripe's page for the same purchase, and late success is credited."""

import pytest

from accounts.models import Membership
from billing import purchases, top_up, top_up_confirmation, top_up_payments
from billing.models import Purchase, TopUpAttempt
from tests.billing.simulator import http
from tests.billing.top_ups import CONFIRMED_BY_BANK, TopUps, sent

State = TopUpAttempt.State
pytestmark = pytest.mark.django_db


def asked(top_ups: TopUps) -> TopUpAttempt:
    top_ups.agree(CONFIRMED_BY_BANK)
    attempt = top_ups.consider()
    attempt.purchase.refresh_from_db()
    return attempt


def pay_on_the_page(top_ups: TopUps, attempt: TopUpAttempt) -> None:
    assert top_ups.shop.simulator.pay(attempt.purchase.checkout_url).status == 302
    purchases.fulfill(attempt.purchase.stripe_session or "")


def no_answer_to_the_cancellation(top_ups: TopUps) -> None:
    """The next charge is answered, what follows it is not: as if the worker had died in between."""
    lost = {"phase": "before", "path": "payment_intents/pi_", "method": "POST", "remaining": 3}
    top_ups.shop.simulator.control("faults", **lost)


def test_a_mail_leads_to_stripes_page(top_ups: TopUps) -> None:
    attempt = asked(top_ups)
    assert (attempt.state, attempt.reason) == (State.AUTHENTICATION, "authentication_required")
    assert attempt.purchase.state == Purchase.State.OPEN
    text = sent("top_up_confirmation")
    assert attempt.purchase.checkout_url in text
    assert "You were not charged yet" in text
    assert (top_ups.charged(), top_ups.shop.available) == ([], 0)


def test_the_payment_that_waits_is_canceled_so_that_nobody_pays_twice(top_ups: TopUps) -> None:
    attempt = asked(top_ups)
    intent = top_ups.shop.simulator.client.v1.payment_intents.retrieve(attempt.stripe_payment_intent or "")
    assert intent.status == "canceled"
    top_up_payments.settle(top_up_payments.retrieve(intent.id))
    attempt.refresh_from_db()
    assert attempt.state == State.AUTHENTICATION


def test_until_it_is_settled_no_other_begins(top_ups: TopUps) -> None:
    asked(top_ups)
    assert top_ups.nothing_to_do()
    top_up.sweep()
    assert (TopUpAttempt.objects.count(), top_ups.mails()) == (1, ["top_up_confirmation"])


def test_paid_on_the_page_brings_the_credits_once(top_ups: TopUps) -> None:
    attempt = asked(top_ups)
    pay_on_the_page(top_ups, attempt)
    for _ in range(2):
        top_up.sweep()
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.rule().declines) == (State.SUCCEEDED, 0)
    assert (top_ups.shop.available, top_ups.shop.grants()) == (50, 1)
    assert len(top_ups.charged()) == 1
    assert top_ups.mails().count("top_up_paid") == 1


def test_never_paid_counts_as_a_refusal(top_ups: TopUps) -> None:
    attempt = asked(top_ups)
    top_ups.shop.simulator.client.v1.checkout.sessions.expire(attempt.purchase.stripe_session or "")
    purchases.fulfill(attempt.purchase.stripe_session or "")
    top_up.sweep()
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.rule().declines) == (State.DECLINED, 1)
    assert top_ups.nothing_to_do()


def test_a_crash_before_the_mail_is_made_good(top_ups: TopUps) -> None:
    top_ups.agree(CONFIRMED_BY_BANK)
    no_answer_to_the_cancellation(top_ups)
    attempt = top_ups.consider()
    assert (attempt.state, top_ups.mails()) == (State.AUTHENTICATION, [])
    top_up.sweep()
    assert top_ups.mails() == ["top_up_confirmation"]
    attempt.purchase.refresh_from_db()
    assert attempt.purchase.state == Purchase.State.OPEN


def test_with_nobody_left_to_ask_it_waits(top_ups: TopUps) -> None:
    top_ups.agree(CONFIRMED_BY_BANK)
    no_answer_to_the_cancellation(top_ups)
    attempt = top_ups.consider()
    attempt.consent.user = None
    Membership.objects.filter(account=attempt.account).delete()
    top_up_confirmation.ask(attempt)
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.mails()) == (State.AUTHENTICATION, [])


def test_a_payment_confirmed_elsewhere_is_credited(top_ups: TopUps) -> None:
    rule = top_ups.agree(CONFIRMED_BY_BANK)
    no_answer_to_the_cancellation(top_ups)
    attempt = top_ups.consider()
    stripe = top_ups.shop.simulator.client.v1
    intent = stripe.payment_intents.confirm(
        attempt.stripe_payment_intent or "",
        {"payment_method": rule.consent.payment_method, "return_url": "http://127.0.0.1:9/back"},
    )
    page = intent.next_action.redirect_to_url.url  # type: ignore[union-attr]
    http.request("POST", page or "", fields={"answer": "complete"}, encode_multipart=False, redirect=False)
    top_up.sweep()
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.shop.available) == (State.SUCCEEDED, 50)
    assert "top_up_confirmation" not in top_ups.mails()
    assert len(top_ups.charged()) == 1
