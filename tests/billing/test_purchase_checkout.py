"""Starting a checkout: the row first, one session a purchase, one customer an account."""

from typing import Any

import pytest
import stripe

from accounts.models import Account
from billing.catalog import CUSTOM
from billing.models import Purchase
from billing.purchases import fulfill
from core.errors import AppError
from tests.billing.shop import BASE_URL, Shop
from tests.billing.simulator import free_port

State = Purchase.State


def test_the_session_is_what_was_ordered(shop: Shop) -> None:
    purchase = shop.start("credits_200")
    session = shop.simulator.client.v1.checkout.sessions.retrieve(
        purchase.stripe_session or "", {"expand": ["line_items", "customer"]}
    )
    assert (session.amount_total, session.currency, session.mode) == (6000, "usd", "payment")
    assert session.client_reference_id == purchase.public_id
    assert session.line_items is not None
    assert session.line_items.data[0].description == "200 credits"
    assert session.customer.email == shop.owner.user.email  # type: ignore[union-attr]
    assert (session.success_url or "").startswith(f"{BASE_URL}/billing/checkout/done?session_id=")
    assert purchase.public_id in (session.cancel_url or "")
    assert (purchase.state, purchase.credits, purchase.amount) == (State.OPEN, 200, 6000)
    assert purchase.checkout_url == session.url
    assert shop.available == 0


def test_any_number_of_credits_is_sold_piece_by_piece(shop: Shop) -> None:
    purchase = shop.start(CUSTOM, credits=73)
    session = shop.simulator.client.v1.checkout.sessions.retrieve(
        purchase.stripe_session or "", {"expand": ["line_items"]}
    )
    assert session.line_items is not None
    [item] = session.line_items.data
    assert (item.quantity, item.amount_total, item.description) == (73, 2920, "Restoration credit")
    assert (purchase.credits, purchase.amount, purchase.pack) == (73, 2920, CUSTOM)
    shop.pay(purchase)
    assert fulfill(purchase.stripe_session or "").state == State.FULFILLED
    assert shop.available == 73


def test_a_number_that_is_not_sold_orders_nothing(shop: Shop) -> None:
    with pytest.raises(AppError):
        shop.start(CUSTOM, credits=9)
    assert not Purchase.objects.exists()


def test_the_second_purchase_uses_the_same_customer(shop: Shop) -> None:
    first, second = shop.start(), shop.start()
    assert first.stripe_session != second.stripe_session
    v1 = shop.simulator.client.v1
    customers = {v1.checkout.sessions.retrieve(one.stripe_session or "").customer for one in (first, second)}
    shop.owner.account.refresh_from_db()
    assert customers == {shop.owner.account.stripe_customer}


def test_a_customer_that_stripe_lost_is_replaced(shop: Shop) -> None:
    Account.objects.filter(pk=shop.owner.account.pk).update(stripe_customer="cus_gone")
    shop.owner.account.refresh_from_db()
    purchase = shop.start()
    assert purchase.state == State.OPEN
    shop.owner.account.refresh_from_db()
    assert shop.owner.account.stripe_customer not in ("", "cus_gone")


def test_a_lost_reply_makes_no_second_session(shop: Shop) -> None:
    shop.start()  # the customer exists from here on
    shop.simulator.control("faults", method="POST", path="checkout/sessions", phase="after", status=500)
    purchase = shop.start()
    sessions = shop.simulator.client.v1.checkout.sessions.list(
        {"customer": shop.owner.account.stripe_customer}
    )
    ours = [one.id for one in sessions if one.client_reference_id == purchase.public_id]
    assert ours == [purchase.stripe_session]


def test_stripe_knows_each_request_by_a_key_of_ours(shop: Shop) -> None:
    """So that a call repeated after a crash finds what the first one made."""
    purchase = shop.start()
    with pytest.raises(stripe.IdempotencyError):
        shop.simulator.client.v1.checkout.sessions.create(
            {"mode": "payment"}, {"idempotency_key": f"purchase:{purchase.public_id}"}
        )
    made = shop.endpoint.await_event(shop.owner.account.stripe_customer, "customer.created").event
    assert made["request"]["idempotency_key"].startswith(f"customer:{shop.owner.account.public_id}:")


def test_an_unknown_pack_orders_nothing(shop: Shop) -> None:
    with pytest.raises(AppError) as refused:
        shop.start("credits_9999")
    assert refused.value.status == 404
    assert not Purchase.objects.exists()


def test_without_stripe_nothing_is_lost_or_charged(shop: Shop, settings: Any) -> None:
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(AppError) as refused:
        shop.start()
    assert (refused.value.status, refused.value.retry_after) == (503, 60)
    assert "not charged" in refused.value.message
    # The outcome is unknown, so the row stays to be found by a session that may exist.
    assert Purchase.objects.get().state == State.CREATED


def test_a_definite_refusal_closes_the_purchase(shop: Shop, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(AppError):
        shop.start()
    assert Purchase.objects.get().state == State.FAILED
