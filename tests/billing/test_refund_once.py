"""A refund happens once: two clicks, a crash, a lost reply, a webhook that is faster than the answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from billing import refunds, reversals, stripe_events
from billing.models import Purchase, RefundAttempt, StripeEvent
from core.errors import AppError
from tests.billing.bank import Bank
from tests.billing.shop import deliver, kept
from tests.billing.simulator import free_port
from tests.billing.test_purchase_race import at_once
from tests.billing.test_refund_order import order

pytestmark = pytest.mark.django_db
State = RefundAttempt.State
NOW = timedelta(0)


def refunded(bank: Bank, purchase: Purchase) -> list[int]:
    """The refunds that Stripe has, oldest first."""
    found = bank.shop.simulator.client.v1.refunds.list(
        {"payment_intent": purchase.stripe_payment_intent or ""}
    )
    return [refund.amount for refund in reversed(found.data)]


def crash_after_the_refund(bank: Bank, purchase: Purchase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order ten credits; the process ends when Stripe has refunded and nobody has heard."""

    def dies(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reversals, "refresh", dies)
        with pytest.raises(KeyboardInterrupt):
            order(bank, purchase, 10)


def test_a_second_click_refunds_nothing(bank: Bank) -> None:
    purchase = bank.bought()
    seen = refunds.offer(purchase).seq
    order(bank, purchase, 10, seq=seen)
    with pytest.raises(AppError) as refused:
        order(bank, purchase, 10, seq=seen)
    assert (refused.value.code, refused.value.status) == ("purchase_changed", 409)
    assert (refunded(bank, purchase), bank.credits) == ([400], (40, 0, 0))


def test_a_lost_reply_refunds_once(bank: Bank) -> None:
    purchase = bank.bought()
    bank.shop.simulator.control("faults", method="POST", path="refunds", phase="after", status=500)
    attempt = order(bank, purchase, 10)
    assert attempt.state == State.ACCEPTED  # the client asked again, with the same key
    assert (refunded(bank, purchase), bank.credits) == ([400], (40, 0, 0))


def test_without_an_answer_the_credits_stay_taken_until_there_is_one(bank: Bank) -> None:
    purchase = bank.bought()
    bank.shop.simulator.control(
        "faults", method="POST", path="refunds", phase="before", status=500, remaining=3
    )
    attempt = order(bank, purchase, 10)
    assert (attempt.state, refunded(bank, purchase)) == (State.PENDING, [])
    assert bank.news(purchase) == (Purchase.State.PARTIALLY_REVERSED, 10, False)
    assert bank.credits == (40, 0, 0)
    with pytest.raises(AppError) as refused:
        order(bank, purchase, 5)
    assert refused.value.code == "refund_pending"
    assert refunds.resume_pending() == 0  # too young: somebody may be at it
    assert refunds.resume_pending(older_than=NOW) == 1
    attempt.refresh_from_db()
    assert (attempt.state, refunded(bank, purchase), bank.credits) == (State.ACCEPTED, [400], (40, 0, 0))
    assert refunds.resume_pending(older_than=NOW) == 0


def test_a_crash_after_stripe_refunded_is_made_good(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    purchase = bank.bought()
    crash_after_the_refund(bank, purchase, monkeypatch)
    assert (RefundAttempt.objects.get().state, refunded(bank, purchase)) == (State.PENDING, [400])
    assert bank.credits == (40, 0, 0)
    assert refunds.resume_pending(older_than=NOW) == 1
    assert (RefundAttempt.objects.get().state, refunded(bank, purchase)) == (State.ACCEPTED, [400])
    assert bank.credits == (40, 0, 0)


def test_a_day_later_when_stripe_forgot_the_key_it_is_still_one_refund(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = bank.bought()
    crash_after_the_refund(bank, purchase, monkeypatch)
    bank.shop.simulator.control("clock", seconds=25 * 3600)
    assert refunds.resume_pending(older_than=NOW) == 1
    assert (refunded(bank, purchase), bank.credits) == ([400], (40, 0, 0))


def test_the_webhook_may_be_faster_than_the_answer(
    bank: Bank, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = bank.bought()
    refresh = reversals.refresh

    def after_the_webhook(found: Purchase, **options: Any) -> Purchase:
        monkeypatch.setattr(reversals, "refresh", refresh)
        refund = bank.shop.simulator.client.v1.refunds.list({}).data[0]
        received = bank.shop.endpoint.await_event(refund.id, "refund.created")
        deliver(client, received)
        stripe_events.process(kept(received).pk)
        assert kept(received).status == StripeEvent.Status.PROCESSED
        return refresh(found, **options)

    monkeypatch.setattr(reversals, "refresh", after_the_webhook)
    attempt = order(bank, purchase, 10)
    purchase.refresh_from_db()
    assert (attempt.state, purchase.reversed_credits, bank.credits) == (State.ACCEPTED, 10, (40, 0, 0))


def test_what_stripe_refuses_gives_the_credits_back(bank: Bank) -> None:
    purchase = bank.bought()
    bank.dispute(purchase, amount=400)
    attempt = order(bank, purchase, 10)
    assert attempt.state == State.REFUSED
    assert "charged back" in attempt.error
    assert bank.credits == (40, 0, 0)  # what the dispute took
    purchase.refresh_from_db()
    assert (purchase.refunded_amount, purchase.reversed_credits) == (0, 10)


def test_without_stripe_nothing_is_ordered(bank: Bank, settings: Any) -> None:
    purchase = bank.bought()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(AppError) as refused:
        refunds.offer(purchase)
    assert refused.value.status == 503
    assert not RefundAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_refund_once(bank: Bank) -> None:
    purchase = bank.bought()
    seen = refunds.offer(purchase).seq
    raised = at_once(*(lambda: order(bank, Purchase.objects.get(), 10, seq=seen) for _ in range(4)))
    assert [type(exc) for exc in raised] == [AppError] * 3
    assert (refunded(bank, purchase), bank.credits) == ([400], (40, 0, 0))
