"""Refunds and disputes as Stripe tells of them: in any order, more than once, about ours and others'."""

import pytest
from django.test import Client

from billing import purchases, reversals, standings, stripe_events
from billing.errors import Overtaken
from billing.event_handlers import HANDLERS
from billing.models import Purchase, StripeEvent
from tests.billing.bank import Bank
from tests.billing.shop import deliver, kept
from tests.billing.simulator import Received

pytestmark = pytest.mark.django_db
State = Purchase.State
Status = StripeEvent.Status


def process(client: Client, received: Received) -> StripeEvent:
    """Deliver it, work on it, and see what became of it."""
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)
    return kept(received)


def test_each_kind_of_event_brings_the_purchase_up_to_date(bank: Bank, client: Client) -> None:
    endpoint = bank.shop.endpoint
    refunded, disputed = bank.bought(), bank.bought()
    refund = bank.refund(refunded, None, "pending")
    bank.settle(refund, "failed")
    dispute = bank.dispute(disputed)
    bank.advance(dispute, "under_review")
    bank.advance(dispute, "won")
    charge = bank.shop.simulator.client.v1.refunds.retrieve(refund).charge
    told = {
        "charge.refunded": str(charge),
        **dict.fromkeys(["refund.created", "refund.updated", "refund.failed"], refund),
        "charge.refund.updated": refund,
        **{
            f"charge.dispute.{name}": dispute
            for name in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
        },
    }
    assert {type for type, handler in HANDLERS.items() if handler.apply is reversals.apply} == set(told)
    for type, subject in told.items():
        done = process(client, endpoint.await_event(subject, type))
        assert (done.status, done.last_error) == (Status.PROCESSED, "0 of 50 credits are taken back"), type
    refunded.refresh_from_db()
    disputed.refresh_from_db()
    assert (refunded.reversal_seq, disputed.reversal_seq) == (5, 5)
    assert bank.credits == (100, 0, 0)


def test_the_last_event_first_and_all_of_them_twice(bank: Bank, client: Client) -> None:
    purchase = bank.bought()
    refunds = [bank.refund(purchase, amount) for amount in (400, 400, 200)]
    received = [bank.shop.endpoint.await_event(refund, "refund.created") for refund in refunds]
    for one in [*reversed(received), *received]:
        process(client, one)
    purchase.refresh_from_db()
    assert (purchase.state, purchase.reversed_credits) == (State.PARTIALLY_REVERSED, 25)
    assert bank.credits == (25, 0, 0)


def test_another_systems_refund_is_left_alone(bank: Bank, client: Client) -> None:
    charge = bank.shop.simulator.paid()
    refund = bank.shop.simulator.client.v1.refunds.create({"charge": charge.id})
    done = process(client, bank.shop.endpoint.await_event(refund.id, "refund.created"))
    assert (done.status, done.last_error) == (Status.IGNORED, "a payment that this site did not start")


def test_a_charge_without_payment_intent_is_not_ours(bank: Bank) -> None:
    event = StripeEvent.objects.create(
        event_id="evt_old",
        type="charge.refunded",
        payload={"data": {"object": {"id": "ch_old", "object": "charge", "payment_intent": None}}},
    )
    stripe_events.process(event.pk)
    event.refresh_from_db()
    assert event.status == Status.IGNORED


def test_a_refund_that_is_heard_of_before_the_payment_waits_for_it(bank: Bank, client: Client) -> None:
    paid = bank.shop.paid()
    session = bank.shop.simulator.client.v1.checkout.sessions.retrieve(paid.stripe_session or "")
    refund = bank.shop.simulator.client.v1.refunds.create({"payment_intent": str(session.payment_intent)})
    received = bank.shop.endpoint.await_event(refund.id, "refund.created")
    done = process(client, received)
    assert (done.status, done.attempts) == (Status.FAILED, 1)
    assert "NotCredited" in done.last_error
    purchases.fulfill(paid.stripe_session or "")
    assert bank.credits == (50, 0, 0)
    stripe_events.process(done.pk)
    done.refresh_from_db()
    assert (done.status, bank.credits) == (Status.PROCESSED, (0, 0, 0))


def test_an_older_answer_does_not_undo_a_newer_one(bank: Bank) -> None:
    purchase = bank.bought()
    bank.refund(purchase, 400)
    old = standings.standing(purchase)
    bank.refund(purchase, 400)
    reversals.refresh(purchase)
    with pytest.raises(Overtaken):
        reversals.apply(old)
    purchase.refresh_from_db()
    assert (purchase.reversed_credits, bank.credits) == (20, (30, 0, 0))


def test_an_event_that_was_overtaken_asks_again(
    bank: Bank, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = bank.bought()
    first = bank.refund(purchase, 400)
    ask = standings.standing

    def slowly(found: Purchase) -> standings.Standing:
        """While this answer was on its way, another refund was made and applied."""
        answer = ask(found)
        monkeypatch.setattr(standings, "standing", ask)
        bank.refund(purchase, 400)
        reversals.apply(ask(purchase))
        return answer

    monkeypatch.setattr(standings, "standing", slowly)
    done = process(client, bank.shop.endpoint.await_event(first, "refund.created"))
    assert (done.status, done.attempts) == (Status.PROCESSED, 1)
    assert bank.credits == (30, 0, 0)
