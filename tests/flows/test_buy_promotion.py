"""Promotion codes on Stripe's page: some of it off, and all of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import Stripe, order, pay
from tests.instance import Instance

pytestmark = pytest.mark.browser


def use_code(visitor: Visitor, stripe: Stripe, code: str, percent: int) -> None:
    """Make a code as an operator does at Stripe, and type it as a customer does."""
    coupon = str(stripe.post("coupons", percent_off=str(percent), duration="once")["id"])
    stripe.post("promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon, "code": code})
    visitor.page.get_by_label("Promotion code").fill(code)
    visitor.page.get_by_role("button", name="Apply").click()
    expect(visitor.page.locator("main")).to_contain_text(f"Discount ({code})")


def test_a_part_off_with_an_invoice(visit: Callable[..., Visitor], instance: Instance) -> None:
    ann = visit()
    page = ann.page
    ann.sign_up("ann.discount@example.org")
    stripe = Stripe(instance, order(ann, "Buy 50 credits, $20.00"))
    use_code(ann, stripe, "FAMILY20", 20)
    pay(ann)
    expect(page.locator("main")).to_contain_text("Paid: $16.00.")
    page.get_by_role("link", name="Receipt", exact=True).click()
    expect(page.locator("main")).to_contain_text("-$4.00")
    assert ann.complaints == []
    page.get_by_role("link", name="Invoice", exact=True).click()
    expect(page.locator("body")).to_contain_text("USD 16.00")


def test_all_of_it_off(visit: Callable[..., Visitor], instance: Instance) -> None:
    leo = visit(390, 844, scripts=False)
    page = leo.page
    leo.sign_up("leo.gift@example.org")
    stripe = Stripe(instance, order(leo, "Buy 10 credits, $5.00"))
    use_code(leo, stripe, "GIFT", 100)
    page.locator("#payment [name=email]").fill("leo@example.org")
    page.locator("#payment [name=name]").fill("Leo")
    page.get_by_role("button", name="Complete order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")
    expect(page.locator("main")).to_contain_text("Your promotion code paid for all of it.")
    expect(page.locator("main")).to_contain_text("You have 13 credits available")
    leo.go("/billing/receipts/")
    expect(page.get_by_role("row").filter(has_text="10 credits")).to_contain_text("Free of charge")
