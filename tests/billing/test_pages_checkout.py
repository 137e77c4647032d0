"""Buying on the web: to Stripe's page and back from it; against the running simulator."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from billing.models import Purchase
from tests.billing.shop import Shop
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


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
    assert "Unused ones expire on" in shown
    assert "You have 10 credits available" in done(customer, purchase)  # reloading adds nothing


def test_coming_back_without_paying_adds_nothing(customer: Client, shop: Shop) -> None:
    purchase = shop.start()
    assert "Payment pending" in done(customer, purchase)
    reply = customer.get(reverse("billing:canceled"), {"purchase": purchase.public_id})
    shown = text_of(reply)
    assert "50 credits for $20.00. You were not charged" in shown
    assert "0 credits available" in shown
    assert purchase.checkout_url in reply.content.decode()


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
    assert customer.get(reverse("billing:purchase", args=[purchase.public_id])).status_code == 404
    assert customer.post(reverse("billing:cancel", args=[purchase.public_id])).status_code == 404
    assert purchase.public_id not in customer.get(reverse("billing:receipts")).content.decode()


def test_buying_takes_a_post_and_a_member(client: Client) -> None:
    reply = client.post(reverse("billing:checkout"), {"pack": "credits_10"})
    assert reply["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Membership.Role.DEVELOPER, Membership.Role.VIEWER])
def test_who_may_not_spend_sees_no_money(customer: Client, shop: Shop, role: str) -> None:
    purchase = shop.start()
    Membership.objects.filter(user=shop.owner.user).update(role=role)
    for name in ("receipts", "amount", "done", "canceled"):
        assert customer.get(reverse(f"billing:{name}")).status_code == 403
    assert customer.get(reverse("billing:purchase", args=[purchase.public_id])).status_code == 403
    for name in ("checkout", "currency", "portal"):
        assert customer.post(reverse(f"billing:{name}"), {"pack": "credits_10"}).status_code == 403
    assert customer.post(reverse("billing:cancel", args=[purchase.public_id])).status_code == 403
    assert Purchase.objects.count() == 1


def test_who_may_not_spend_is_told_who_may(customer: Client, shop: Shop) -> None:
    Membership.objects.filter(user=shop.owner.user).update(role=Membership.Role.DEVELOPER)
    page = customer.get(reverse("restoration:credits"))
    assert "Owners, admins and billing members of this account add credits." in text_of(page)
    assert "/billing/" not in page.content.decode()


def test_billing_members_buy(customer: Client, shop: Shop) -> None:
    Membership.objects.filter(user=shop.owner.user).update(role=Membership.Role.BILLING)
    assert customer.post(reverse("billing:checkout"), {"pack": "credits_10"}).status_code == 302
    assert Purchase.objects.get().account == shop.owner.account
