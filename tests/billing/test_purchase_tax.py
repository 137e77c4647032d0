"""Tax and tax IDs: asked for at the checkout, noted with the purchase."""

from typing import Any

import pytest

from billing import purchases
from billing.models import Purchase
from tests.billing.shop import Shop
from tests.billing.simulator import ACCEPTED

HOME = {"country": "GB", "line1": "1 High Street", "postal_code": "N1 1AA", "city": "London"}


def session_of(shop: Shop, purchase: Purchase) -> Any:
    return shop.simulator.client.v1.checkout.sessions.retrieve(purchase.stripe_session or "")


def test_without_the_setting_there_is_no_tax(shop: Shop) -> None:
    purchase = shop.start()
    session = session_of(shop, purchase)
    assert (session.automatic_tax.enabled, session.billing_address_collection) == (False, "auto")
    assert session.tax_id_collection.enabled


@pytest.mark.parametrize(("currency", "tax", "total"), [("usd", 400, 2400), ("gbp", 300, 1800)])
def test_tax_comes_on_top_or_is_within_as_the_currency_has_it(
    shop: Shop, settings: Any, currency: str, tax: int, total: int
) -> None:
    settings.STRIPE_AUTOMATIC_TAX = True
    settings.STRIPE_CURRENCY = currency
    purchase = shop.start()
    session = session_of(shop, purchase)
    assert (session.automatic_tax.enabled, session.billing_address_collection) == (True, "required")
    assert shop.simulator.pay(purchase.checkout_url, ACCEPTED, **HOME).status == 302
    paid = purchases.fulfill(purchase.stripe_session or "")
    assert (paid.tax, paid.total, shop.available) == (tax, total, 50)


def test_a_tax_id_goes_on_the_invoice(shop: Shop) -> None:
    purchase = shop.start()
    typed = {"business_name": "Atelier Nord", "tax_id": "GB123456789"}
    assert shop.simulator.pay(purchase.checkout_url, ACCEPTED, **typed).status == 302
    session = session_of(shop, purchase)
    invoice = shop.simulator.client.v1.invoices.retrieve(session.invoice)
    assert invoice.customer_tax_ids is not None
    assert [one.value for one in invoice.customer_tax_ids] == ["GB123456789"]
