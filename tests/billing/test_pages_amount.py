"""Any number of credits, and the currency of the prices."""

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Purchase
from tests.billing.shop import Shop
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


def test_the_price_is_shown_before_anything_is_ordered(customer: Client) -> None:
    shown = text_of(customer.get(reverse("billing:amount"), {"credits": "73"}))
    assert "73 credits for $29.20" in shown
    assert "Buy 73 credits, $29.20" in shown
    assert not Purchase.objects.exists()


def test_what_was_shown_is_what_is_ordered(customer: Client) -> None:
    reply = customer.post(reverse("billing:checkout"), {"pack": "custom", "credits": "73"})
    purchase = Purchase.objects.get()
    assert reply["Location"] == purchase.checkout_url
    assert (purchase.credits, purchase.amount) == (73, 2920)


def test_more_for_less_is_said(customer: Client) -> None:
    shown = text_of(customer.get(reverse("billing:amount"), {"credits": "45"}))
    assert "50 credits cost $20.00: more for no more money." in shown
    assert "Buy 50 credits, $20.00" in shown


@pytest.mark.parametrize("typed", ["", "9", "10001", "-50", "1e3", "٧٣", "9" * 40])
def test_what_is_no_such_number_is_said(customer: Client, typed: str) -> None:
    reply = customer.get(reverse("billing:amount"), {"credits": typed})
    assert reply.status_code == 422
    assert "Choose between 10 and 10,000 credits" in text_of(reply)
    customer.post(reverse("billing:checkout"), {"pack": "custom", "credits": typed})
    assert not Purchase.objects.exists()


def test_the_currency_is_chosen_on_the_credits_page(customer: Client) -> None:
    reply = customer.post(reverse("billing:currency"), {"currency": "jpy"}, follow=True)
    shown = text_of(reply)
    assert "Buy 50 credits, ¥3,200" in shown
    assert "Change currency" in shown


def test_after_the_first_purchase_there_is_no_choice(customer: Client, shop: Shop) -> None:
    purchase = shop.paid()
    customer.get(reverse("billing:done"), {"session_id": purchase.stripe_session})
    reply = customer.post(reverse("billing:currency"), {"currency": "jpy"}, follow=True)
    shown = text_of(reply)
    assert "fixed this account's currency" in shown
    assert "Change currency" not in shown
    assert "Buy 50 credits, $20.00" in shown
