"""Calling a purchase off: its payment page closes at Stripe."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Purchase
from tests.billing.shop import Shop
from tests.billing.simulator import free_port
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


def cancel(customer: Client, purchase: Purchase) -> str:
    return text_of(customer.post(reverse("billing:cancel", args=[purchase.public_id]), follow=True))


def test_canceling_closes_the_payment_page(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    shown = cancel(customer, purchase)
    assert "The purchase is canceled. You were not charged." in shown
    assert "Cancel this purchase" not in shown
    assert shop.pay(purchase) == 410


def test_canceling_again_changes_nothing(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    assert cancel(customer, purchase) == cancel(customer, purchase)


def test_what_is_paid_already_is_credited_instead(customer: Client, shop: Shop) -> None:
    shown = cancel(customer, shop.paid())
    assert "paid before it could be canceled" in shown
    assert shop.available == 50


def test_while_stripe_is_away_the_page_stays_open(customer: Client, shop: Shop, settings: Any) -> None:
    purchase = shop.start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    shown = cancel(customer, purchase)
    assert "could not be closed just now" in shown
    purchase.refresh_from_db()
    assert purchase.state == Purchase.State.OPEN


def test_looking_does_not_cancel(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    assert customer.get(reverse("billing:cancel", args=[purchase.public_id])).status_code == 405
    customer.get(reverse("billing:canceled"), {"purchase": purchase.public_id})
    assert shop.pay(purchase) == 302


def test_coming_back_to_a_paid_purchase_shows_it(customer: Client, shop: Shop) -> None:
    purchase = shop.paid()
    customer.get(reverse("billing:done"), {"session_id": purchase.stripe_session})
    reply = customer.get(reverse("billing:canceled"), {"purchase": purchase.public_id})
    assert reply["Location"] == reverse("billing:purchase", args=[purchase.public_id])
