"""Buying on the web: to Stripe's page, back from it, and the receipts; against the running simulator."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import Purchase
from tests.billing.shop import Shop
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(client: Client, shop: Shop) -> Client:
    client.force_login(shop.owner.user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def done(client: Client, purchase: Purchase) -> str:
    reply = client.get(reverse("billing:done"), {"session_id": purchase.stripe_session})
    assert reply.status_code == 200
    return text_of(reply)


def test_buying_leads_to_the_payment_page(customer: Client, shop: Shop) -> None:
    reply = customer.post(reverse("billing:checkout"), {"pack": "credits_50"})
    purchase = Purchase.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, purchase.checkout_url)
    assert (purchase.account, purchase.credits, purchase.state) == (shop.owner.account, 50, "open")
    # The browser may only be sent where the policy says.
    target = urlsplit(purchase.checkout_url)
    assert f"{target.scheme}://{target.netloc}" == shop.simulator.url


def test_an_unknown_pack_is_said_on_the_credits_page(customer: Client) -> None:
    reply = customer.post(reverse("billing:checkout"), {"pack": "credits_1000000"}, follow=True)
    assert "no such pack" in text_of(reply)
    assert not Purchase.objects.exists()


def test_coming_back_paid_shows_the_credits(customer: Client, shop: Shop) -> None:
    purchase = shop.start("credits_10")
    shop.pay(purchase)
    shown = done(customer, purchase)
    assert "10 credits added" in shown
    assert "Paid: $5.00." in shown
    assert "You have 10 credits available" in shown
    assert "You have 10 credits available" in done(customer, purchase)  # reloading adds nothing


def test_coming_back_without_paying_adds_nothing(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    assert "Payment pending" in done(customer, purchase)
    reply = customer.get(reverse("billing:canceled"), {"purchase": purchase.public_id}, follow=True)
    assert "You were not charged" in text_of(reply)
    assert "0 credits available" in text_of(reply)


def test_another_accounts_purchase_is_not_there(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    shop.pay(purchase)
    thief = shop.make_owner("thief@example.org", credits=0)
    customer.force_login(thief.user, "allauth.account.auth_backends.AuthenticationBackend")
    for name, query in (
        ("done", {"session_id": purchase.stripe_session}),
        ("canceled", {"purchase": purchase.public_id}),
    ):
        assert customer.get(reverse(f"billing:{name}"), query).status_code == 404
    assert purchase.public_id not in text_of(customer.get(reverse("billing:receipts")))


def test_receipts_tell_paid_from_unpaid(customer: Client, shop: Shop) -> None:
    assert "No purchases yet" in text_of(customer.get(reverse("billing:receipts")))
    paid, unpaid = shop.start("credits_10"), shop.start("credits_200")
    shop.pay(paid)
    done(customer, paid)
    page = customer.get(reverse("billing:receipts"))
    shown, html = text_of(page), page.content.decode()
    assert "10 credits$5.00Paid" in shown
    assert "200 credits$60.00Not paid" in shown
    assert shown.index(unpaid.public_id) < shown.index(paid.public_id)
    assert Purchase.objects.get(pk=paid.pk).receipt_url in html
    assert unpaid.checkout_url in html
    assert paid.checkout_url not in html


def test_buying_takes_a_post_and_a_member(client: Client) -> None:
    reply = client.post(reverse("billing:checkout"), {"pack": "credits_10"})
    assert reply["Location"].startswith(reverse("account_login"))
