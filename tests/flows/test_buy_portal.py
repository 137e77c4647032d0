"""From the receipts to Stripe's portal and back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import order, pay

pytestmark = pytest.mark.browser


def test_the_portal_shows_this_customers_invoices(visit: Callable[..., Visitor]) -> None:
    zoe = visit()
    page = zoe.page
    zoe.sign_up("zoe.portal@example.org")
    order(zoe, "Buy 10 credits, $5.00")
    pay(zoe)
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")
    zoe.go("/billing/receipts/")
    page.get_by_role("button", name="Manage payment methods and invoices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("zoe.portal@example.org")
    expect(page.locator("body")).to_contain_text("USD 5.00 paid")
    page.get_by_role("link", name="Return to the shop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipts")
    assert zoe.complaints == []
