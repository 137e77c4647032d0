"""Invoices: linked to their purchase, whichever of payment and invoice is heard of first."""

import pytest
from django.test import Client

from billing import purchases, stripe_events
from billing.models import Purchase, StripeEvent
from tests.billing.shop import Shop, deliver, kept

pytestmark = pytest.mark.django_db


def heard(client: Client, shop: Shop, invoice: str) -> StripeEvent:
    """The event of the paid invoice, processed."""
    received = shop.endpoint.await_event(invoice, "invoice.paid")
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)
    return kept(received)


def invoice_of(shop: Shop, purchase: Purchase) -> str:
    session = shop.simulator.client.v1.checkout.sessions.retrieve(purchase.stripe_session or "")
    assert isinstance(session.invoice, str)
    return session.invoice


def test_settling_links_what_is_there(shop: Shop) -> None:
    paid = purchases.fulfill(shop.paid().stripe_session or "")
    invoice = shop.simulator.client.v1.invoices.retrieve(invoice_of(shop, paid))
    assert (paid.invoice_url, paid.invoice_pdf) == (invoice.hosted_invoice_url, invoice.invoice_pdf)
    assert paid.invoice_url


def test_an_invoice_that_came_later_is_linked_by_its_event(shop: Shop, client: Client) -> None:
    session = purchases.retrieve(shop.paid().stripe_session or "")
    session.invoice = None
    paid = purchases.settle(session)
    assert paid.invoice_url == ""
    assert heard(client, shop, invoice_of(shop, paid)).status == StripeEvent.Status.PROCESSED
    paid.refresh_from_db()
    assert paid.invoice_url
    assert paid.invoice_pdf


def test_an_invoice_ahead_of_its_payment_grants_nothing(shop: Shop, client: Client) -> None:
    purchase = shop.paid()
    heard(client, shop, invoice_of(shop, purchase))
    purchase.refresh_from_db()
    assert (bool(purchase.invoice_url), shop.grants()) == (True, 0)
    purchases.fulfill(purchase.stripe_session or "")
    purchase.refresh_from_db()
    assert (bool(purchase.invoice_url), shop.available) == (True, 50)


def test_another_systems_invoice_is_ignored(shop: Shop, client: Client) -> None:
    customer = shop.simulator.client.v1.customers.create({"email": "else@example.org"})
    session = shop.simulator.order(customer=customer.id, invoice_creation={"enabled": True})
    shop.simulator.pay(session.url or "")
    found = shop.simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert isinstance(found.invoice, str)
    assert heard(client, shop, found.invoice).status == StripeEvent.Status.IGNORED
