"""Methods that answer late: pending without credits, then paid or failed, and a mail of how it ended."""

from datetime import timedelta

import pytest
from django.test import Client

from billing import purchases, stripe_events
from billing.models import BillingMail, Purchase
from billing.stripe_client import Session
from tests.billing.shop import Shop, deliver, kept
from tests.billing.simulator import Received

State = Purchase.State


@pytest.fixture
def pending(shop: Shop) -> Session:
    """A checkout that is complete while its money is on the way, as Stripe tells it."""
    session = purchases.retrieve(shop.paid().stripe_session or "")
    session.payment_status = "unpaid"
    session.payment_intent.status = "processing"  # type: ignore[union-attr]
    return session


def mails() -> list[str]:
    return list(BillingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_unpaid_brings_nothing_yet(shop: Shop, pending: Session) -> None:
    purchase = purchases.settle(pending)
    assert (purchase.state, purchase.total, shop.grants()) == (State.PROCESSING, 2000, 0)
    assert mails() == []


def test_the_late_yes_brings_the_credits_once(shop: Shop, pending: Session) -> None:
    purchases.settle(pending)
    pending.payment_status = "paid"
    for _ in range(2):
        assert purchases.settle(pending).state == State.FULFILLED
    assert (shop.available, shop.grants()) == (50, 1)
    assert mails() == ["payment_confirmed"]


def test_the_late_no_brings_nothing(shop: Shop, pending: Session) -> None:
    purchases.settle(pending)
    pending.payment_intent.status = "requires_payment_method"  # type: ignore[union-attr]
    for _ in range(2):
        assert purchases.settle(pending).state == State.FAILED
    assert shop.grants() == 0
    assert mails() == ["payment_failed"]


def test_a_late_payment_counts_from_when_it_came(shop: Shop) -> None:
    ordered = shop.start()
    intent = shop.debit(ordered, "000123456789")
    shop.simulator.control("clock", seconds=60)
    shop.simulator.control("debits/settle", payment_intent=intent, status="succeeded")
    paid = purchases.fulfill(ordered.stripe_session or "")
    assert paid.paid_at is not None
    assert paid.paid_at - paid.created_at > timedelta(seconds=50)


def test_a_yes_after_a_no_is_believed(shop: Shop, pending: Session) -> None:
    Purchase.objects.update(state=State.FAILED)
    pending.payment_status = "paid"
    assert purchases.settle(pending).state == State.FULFILLED
    assert shop.available == 50


def test_news_from_before_the_yes_change_nothing(shop: Shop, pending: Session) -> None:
    paid = purchases.fulfill(pending.id)
    assert purchases.settle(pending).state == State.FULFILLED
    paid.refresh_from_db()
    assert (paid.state, shop.available) == (State.FULFILLED, 50)


@pytest.mark.parametrize(
    ("account", "answer", "state", "credits"),
    [
        ("000123456789", "succeeded", State.FULFILLED, 50),
        ("000222222227", "failed", State.FAILED, 0),
    ],
)
def test_a_debit_from_first_to_last_by_webhook(
    shop: Shop, client: Client, account: str, answer: str, state: str, credits: int
) -> None:
    purchase = shop.start()
    intent = shop.debit(purchase, account)
    hear(client, shop.completed(purchase))
    purchase.refresh_from_db()
    assert (purchase.state, shop.grants()) == (State.PROCESSING, 0)
    assert (purchase.receipt_url, purchase.paid_at) == ("", None)
    shop.simulator.control("debits/settle", payment_intent=intent, status=answer)
    outcome = f"checkout.session.async_payment_{answer}"
    for number in (1, 2):
        hear(client, shop.endpoint.await_event(purchase.stripe_session or "", outcome))
        purchase.refresh_from_db()
        assert (purchase.state, shop.available, len(mails())) == (state, credits, 1), number


def hear(client: Client, received: Received) -> None:
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)


def test_who_paid_at_once_gets_no_mail(shop: Shop) -> None:
    purchases.fulfill(shop.paid().stripe_session or "")
    assert mails() == []
