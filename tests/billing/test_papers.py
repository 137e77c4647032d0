"""Invoices and receipts: linked with their purchase, by an address that works when it is followed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing import purchases
from billing.models import Purchase
from tests.billing.shop import Shop
from tests.billing.simulator import free_port
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
KINDS = ("invoice", "pdf", "receipt")


@pytest.fixture
def paid(shop: Shop) -> Purchase:
    return purchases.fulfill(shop.paid().stripe_session or "")


def paper(purchase: Purchase, kind: str) -> str:
    return reverse(f"billing:{kind}", args=[purchase.public_id])


def test_each_paper_is_linked_where_the_purchase_is_shown(customer: Client, paid: Purchase) -> None:
    for address in (reverse("billing:receipts"), reverse("billing:purchase", args=[paid.public_id])):
        html = customer.get(address).content.decode()
        for kind in KINDS:
            assert f'href="{paper(paid, kind)}"' in html


@pytest.mark.parametrize(
    ("kind", "field"), [("invoice", "invoice_url"), ("pdf", "invoice_pdf"), ("receipt", "receipt_url")]
)
def test_the_link_is_the_one_that_stripe_gives_now(
    customer: Client, paid: Purchase, kind: str, field: str
) -> None:
    current = getattr(paid, field)
    assert current
    Purchase.objects.filter(pk=paid.pk).update(**{field: "https://invoice.stripe.com/i/expired"})
    assert customer.get(paper(paid, kind))["Location"] == current


@pytest.mark.parametrize("kind", KINDS)
def test_while_stripe_is_away_the_noted_link_is_tried(
    customer: Client, paid: Purchase, settings: Any, kind: str
) -> None:
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    noted = {"invoice": paid.invoice_url, "pdf": paid.invoice_pdf, "receipt": paid.receipt_url}
    assert customer.get(paper(paid, kind))["Location"] == noted[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_unpaid_purchases_have_no_papers(customer: Client, shop: Shop, kind: str) -> None:
    assert customer.get(paper(shop.start(), kind)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_reads_anothers_papers(customer: Client, shop: Shop, paid: Purchase, kind: str) -> None:
    eve = shop.make_owner("eve@example.org", credits=0)
    customer.force_login(eve.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert customer.get(paper(paid, kind)).status_code == 404
