"""Leaving the payment page: go on later, or call the purchase off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import order, pay

pytestmark = pytest.mark.browser


def test_leave_and_go_on_paying(visit: Callable[..., Visitor]) -> None:
    bob = visit()
    page = bob.page
    bob.sign_up("bob.later@example.org")
    order(bob, "Buy 10 credits, $5.00")
    page.get_by_role("link", name="Back without paying").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have not paid")
    expect(page.locator("main")).to_contain_text("You were not charged")
    expect(page.locator("main")).to_contain_text("3 credits available")
    bob.go("/billing/receipts/")
    page.get_by_role("link", name="Go on paying").click()
    pay(bob)
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")
    assert bob.complaints == []


def test_leave_and_cancel(visit: Callable[..., Visitor]) -> None:
    liz = visit(390, 844)
    page = liz.page
    liz.sign_up("liz.canceled@example.org")
    payment_page = order(liz, "Buy 10 credits, $5.00")
    page.get_by_role("link", name="Back without paying").click()
    page.get_by_role("button", name="Cancel this purchase").click()
    expect(page.locator(".notice-success")).to_contain_text("The purchase is canceled. You were not charged.")
    expect(page.get_by_role("link", name="Go on paying")).to_have_count(0)
    assert liz.complaints == []
    page.goto(payment_page)  # answers 410, which the browser reports as an error
    expect(page.get_by_role("heading", name="This checkout has expired")).to_be_visible()
    expect(page.locator("[name=number]")).to_have_count(0)
