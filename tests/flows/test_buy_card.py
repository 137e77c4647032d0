"""Buying with a card: paid at once, refused and then paid, and confirmed to the bank."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import CHALLENGED, DECLINED, order, pay

pytestmark = pytest.mark.browser


def test_any_number_of_credits(visit: Callable[..., Visitor]) -> None:
    ada = visit(390, 844)
    page = ada.page
    ada.sign_up("ada.amount@example.org")
    ada.go("/credits/")
    page.get_by_label("Another number of credits").fill("45")
    page.get_by_role("button", name="Show the price").click()
    expect(page.locator("main")).to_contain_text("50 credits cost $20.00: more for no more money.")
    page.get_by_label("Another number of credits").fill("73")
    page.get_by_role("button", name="Show the price").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("73 credits for $29.20")
    page.get_by_role("button", name="Buy 73 credits, $29.20").click()
    pay(ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("73 credits added")
    page.get_by_role("link", name="Receipt", exact=True).click()
    expect(page.locator("main")).to_contain_text("Unused credits expire")
    assert ada.complaints == []


def test_a_declined_card_then_a_good_one(visit: Callable[..., Visitor]) -> None:
    eve = visit()
    page = eve.page
    eve.sign_up("eve.declined@example.org")
    order(eve, "Buy 50 credits, $20.00")
    pay(eve, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("You were not charged")
    pay(eve)
    expect(page.get_by_role("heading", level=1)).to_have_text("50 credits added")
    expect(page.locator("main")).to_contain_text("You have 53 credits available")
    assert eve.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_bank_asks_for_confirmation(visit: Callable[..., Visitor], scripts: bool) -> None:
    kim = visit(scripts=scripts)
    page = kim.page
    kim.sign_up(f"kim.challenged.{scripts}@example.org")
    order(kim, "Buy 10 credits, $5.00")
    pay(kim, CHALLENGED)
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_contain_text("You were not charged")
    pay(kim, CHALLENGED)
    page.get_by_role("button", name="Complete authentication").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")
    expect(page.locator("main")).to_contain_text("You have 13 credits available")


def test_the_currency_is_chosen_before_the_first_purchase(visit: Callable[..., Visitor]) -> None:
    yen = visit(scripts=False)
    page = yen.page
    yen.sign_up("yen@example.org")
    yen.go("/credits/")
    page.get_by_label("Currency").select_option("jpy")
    page.get_by_role("button", name="Change currency").click()
    order(yen, "Buy 10 credits, ¥800")
    pay(yen)
    expect(page.locator("main")).to_contain_text("Paid: ¥800.")
    yen.go("/credits/")
    expect(page.get_by_label("Currency")).to_have_count(0)
