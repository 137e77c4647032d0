"""No answer from Stripe: the attempt stays pending and blocks the next, until Stripe says what became of it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing import stripe_events, top_up, top_up_payments
from billing.models import Purchase, ReconciliationFinding, TopUpAttempt
from billing.top_up import RECONCILE_AFTER
from tests.billing.shop import deliver, kept
from tests.billing.top_ups import TopUps

State = TopUpAttempt.State
pytestmark = pytest.mark.django_db


def lose_answers(top_ups: TopUps, *, charged: bool) -> None:
    """Of the next charge with its repetitions; `charged`: the first one is carried out all the same."""
    faults = [("after", 1), ("before", 2)] if charged else [("before", 3)]
    for phase, count in faults:
        lost = {"phase": phase, "path": "payment_intents", "method": "POST", "remaining": count}
        top_ups.shop.simulator.control("faults", **lost)


def unanswered(top_ups: TopUps, *, charged: bool) -> TopUpAttempt:
    top_ups.agree()
    lose_answers(top_ups, charged=charged)
    attempt = top_ups.consider()
    assert (attempt.state, top_ups.shop.available) == (State.PENDING, 0)
    assert len(top_ups.charged()) == int(charged)
    return attempt


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


@pytest.mark.parametrize("charged", [True, False])
def test_while_it_is_pending_no_other_begins(top_ups: TopUps, charged: bool) -> None:
    unanswered(top_ups, charged=charged)
    for minutes in (0, 30):
        with later(minutes):
            assert top_ups.nothing_to_do()
    assert TopUpAttempt.objects.count() == 1


@pytest.mark.parametrize("charged", [True, False])
def test_asked_again_with_the_same_key_the_card_is_charged_once(top_ups: TopUps, charged: bool) -> None:
    attempt = unanswered(top_ups, charged=charged)
    assert top_up.sweep() == 0  # too soon: the first call may still be under way
    with later(2):
        assert top_up.sweep() == 1
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.shop.available, len(top_ups.charged())) == (State.SUCCEEDED, 50, 1)


def test_after_a_quarter_of_an_hour_it_is_found_by_its_mark(top_ups: TopUps) -> None:
    attempt = unanswered(top_ups, charged=True)
    with later(14):
        assert top_up.reconcile_pending() == 0
    with later(16):
        assert top_up.sweep() == 0  # its key is not used any more
        assert top_up.reconcile_pending() == 1
        assert top_up.reconcile_pending() == 0
    attempt.refresh_from_db()
    assert (attempt.state, top_ups.shop.available, top_ups.shop.grants()) == (State.SUCCEEDED, 50, 1)


def test_where_stripe_has_no_payment_nothing_was_charged(top_ups: TopUps) -> None:
    attempt = unanswered(top_ups, charged=False)
    with later(16):
        assert top_up.reconcile_pending() == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.reason) == (State.FAILED, "no_payment")
    attempt.purchase.refresh_from_db()
    assert attempt.purchase.state == Purchase.State.FAILED
    assert (top_ups.shop.available, top_ups.charged()) == (0, [])
    assert top_ups.rule().declines == 0  # the bank refused nothing
    assert top_ups.nothing_to_do()
    with later(80):
        assert top_ups.consider().state == State.SUCCEEDED


def test_while_stripe_is_out_of_reach_it_stays_pending(top_ups: TopUps) -> None:
    attempt = unanswered(top_ups, charged=True)
    top_ups.shop.simulator.control(
        "faults", phase="before", path="payment_intents", method="GET", remaining=3
    )
    with later(16):
        assert top_up.reconcile_pending() == 0
    attempt.refresh_from_db()
    assert attempt.state == State.PENDING
    assert top_up.reconcile_pending(timedelta(0)) == 1


def test_a_payment_that_is_not_what_was_ordered_is_left_to_a_person(top_ups: TopUps) -> None:
    attempt = unanswered(top_ups, charged=True)
    Purchase.objects.filter(pk=attempt.purchase_id).update(amount=1999)
    assert top_up.reconcile_pending(timedelta(0)) == 0
    finding = ReconciliationFinding.objects.get(kind="top_up", subject=attempt.public_id)
    assert "costs 1999 usd" in finding.detail
    assert top_ups.shop.grants() == 0
    Purchase.objects.filter(pk=attempt.purchase_id).update(amount=2000)
    assert top_up.reconcile_pending(timedelta(0)) == 1
    finding.refresh_from_db()
    assert finding.state == ReconciliationFinding.State.GONE


def test_the_webhook_may_be_first(top_ups: TopUps, client: Client) -> None:
    attempt = unanswered(top_ups, charged=True)
    intent = top_up_payments.find(attempt)
    assert intent is not None
    told = top_ups.shop.endpoint.await_event(intent.id, "payment_intent.succeeded")
    deliver(client, told)
    stripe_events.process(kept(told).pk)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.stripe_payment_intent) == (State.SUCCEEDED, intent.id)
    with later(RECONCILE_AFTER / timedelta(minutes=1) + 1):
        assert top_up.reconcile_pending() == 0
    assert (top_ups.shop.available, top_ups.shop.grants()) == (50, 1)


def test_success_after_it_was_given_up_is_credited(top_ups: TopUps) -> None:
    attempt = unanswered(top_ups, charged=True)
    intent = top_up_payments.find(attempt)
    assert intent is not None
    top_up_payments.give_up(attempt, "no_payment")
    attempt.refresh_from_db()
    assert attempt.state == State.FAILED
    for _ in range(2):
        settled = top_up_payments.settle(intent)
        assert (settled.state, settled.reason) == (State.SUCCEEDED, "")
        assert (top_ups.shop.available, top_ups.shop.grants()) == (50, 1)


@pytest.mark.parametrize(("field", "value"), [("amount_received", 1), ("currency", "jpy")])
def test_a_payment_of_another_amount_brings_nothing(top_ups: TopUps, field: str, value: object) -> None:
    attempt = unanswered(top_ups, charged=True)
    intent = top_up_payments.find(attempt)
    assert intent is not None
    setattr(intent, field, value)
    with pytest.raises(top_up_payments.MismatchedPayment):
        top_up_payments.settle(intent)
    assert top_ups.shop.grants() == 0


def test_a_payment_of_a_checkout_is_left_to_its_session(top_ups: TopUps, client: Client) -> None:
    paid = top_ups.shop.paid()
    from billing import purchases

    purchase = purchases.fulfill(paid.stripe_session or "")
    told = top_ups.shop.endpoint.await_event(purchase.stripe_payment_intent or "", "payment_intent.succeeded")
    deliver(client, told)
    stripe_events.process(kept(told).pk)
    assert kept(told).status == "ignored"
    assert top_ups.shop.grants() == 1
