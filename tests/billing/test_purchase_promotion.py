"""Promotion codes: less to pay for the same credits, down to nothing at all."""

from django.test import Client
from django.urls import reverse

from billing import purchases, stripe_events
from billing.models import Purchase
from tests.billing.shop import Shop, deliver, kept
from tests.website import plain_static_files, text_of  # noqa: F401

State = Purchase.State


def test_a_part_off(shop: Shop) -> None:
    purchase = shop.start()
    shop.use_code(purchase, percent_off=20)
    assert shop.pay(purchase) == 302
    paid = purchases.fulfill(purchase.stripe_session or "")
    assert (paid.amount, paid.discount, paid.total, paid.tax) == (2000, 400, 1600, 0)
    assert (paid.state, shop.available) == (State.FULFILLED, 50)
    intent = shop.simulator.client.v1.payment_intents.retrieve(paid.stripe_payment_intent or "")
    assert intent.amount == 1600


def test_all_of_it_off(shop: Shop) -> None:
    purchase = shop.start()
    shop.use_code(purchase, percent_off=100)
    assert shop.pay(purchase) == 302
    session = purchases.retrieve(purchase.stripe_session or "")
    assert (session.payment_status, session.payment_intent) == ("no_payment_required", None)
    free = purchases.settle(session)
    assert (free.amount, free.discount, free.total) == (2000, 2000, 0)
    assert (free.state, shop.available, shop.grants()) == (State.FULFILLED, 50, 1)
    assert (free.stripe_payment_intent, free.receipt_url, free.paid_at) == (None, "", None)


def test_the_webhook_alone_brings_what_cost_nothing(shop: Shop, client: Client) -> None:
    purchase = shop.start()
    shop.use_code(purchase, percent_off=100)
    shop.pay(purchase)
    received = shop.completed(purchase)
    assert deliver(client, received).status_code == 200
    for _ in range(2):
        stripe_events.process(kept(received).pk)
    assert (kept(received).status, shop.available, shop.grants()) == ("processed", 50, 1)


def test_pages_say_that_nothing_was_to_pay(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    shop.use_code(purchase, percent_off=100)
    shop.pay(purchase)
    reply = customer.get(reverse("billing:done"), {"session_id": purchase.stripe_session})
    assert "Your promotion code paid for all of it." in text_of(reply)
    shown = text_of(customer.get(reverse("billing:purchase", args=[purchase.public_id])))
    for text in ("Free of charge", "Discount-$20.00", "Paid$0.00"):
        assert text in shown
    assert "Stripe's receipt" not in shown
