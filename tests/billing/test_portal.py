"""Stripe's portal opens for the customer of the account that is signed in, and for nobody else's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.billing.shop import Shop
from tests.billing.simulator import free_port, http
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


def test_it_opens_for_the_accounts_own_customer(customer: Client, shop: Shop) -> None:
    shop.start()
    stranger = shop.simulator.client.v1.customers.create({"email": "other@example.org"})
    reply = customer.post(
        reverse("billing:portal"), {"customer": stranger.id, "account": "acct_other", "return_url": "//evil"}
    )
    assert reply.status_code == 302
    assert reply["Location"].startswith(shop.simulator.url)
    opened = http.request("GET", reply["Location"]).data.decode()
    assert shop.owner.user.email in opened
    assert "other@example.org" not in opened
    assert "evil" not in opened


def test_a_customer_that_stripe_lost_has_nothing_to_open(customer: Client, shop: Shop) -> None:
    Account.objects.filter(pk=shop.owner.account.pk).update(stripe_customer="cus_gone")
    reply = customer.post(reverse("billing:portal"), follow=True)
    assert "It begins with your next purchase" in text_of(reply)


def test_before_the_first_purchase_there_is_nothing_to_open(customer: Client) -> None:
    reply = customer.post(reverse("billing:portal"), follow=True)
    assert "It begins with your next purchase" in text_of(reply)


def test_while_stripe_is_away_that_is_said(customer: Client, shop: Shop, settings: Any) -> None:
    shop.start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    reply = customer.post(reverse("billing:portal"), follow=True)
    assert "could not be opened. Nothing was changed." in text_of(reply)


def test_it_takes_a_post(customer: Client) -> None:
    assert customer.get(reverse("billing:portal")).status_code == 405
