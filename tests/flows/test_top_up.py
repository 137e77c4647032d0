"""Automatic top-up: a card is kept, the words are agreed to, and the balance is filled without anybody there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import ACCEPTED, CHALLENGED, pay
from tests.processes import wait_until

pytestmark = pytest.mark.browser
PAGE = "/billing/top-up/"
TOPPED_UP_S = 60


def keep_a_card(visitor: Visitor, card: str) -> None:
    """Buy 10 credits, and let Stripe keep the card."""
    page = visitor.go(PAGE)
    page.get_by_role("button", name="Buy and keep the card").click()
    pay(visitor, card)
    if card == CHALLENGED:
        confirm(visitor)
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")


def switch_on(visitor: Visitor, below: int) -> None:
    page = visitor.go(PAGE)
    page.get_by_label("When fewer credits are available than", exact=True).fill(str(below))
    page.get_by_label("Buy", exact=True).select_option(label="50 credits for $20.00")
    page.get_by_label("At most so many times a month").fill("1")
    page.get_by_role("button", name="Show what I agree to").click()
    expect(page.locator("main")).to_contain_text(f"When fewer than {below} credits are available")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("main")).to_contain_text("Agreed on")


def await_state(visitor: Visitor, state: str) -> None:
    """Load the page again until the last top-up is in this state."""
    row = visitor.page.get_by_role("row").filter(has_text=state)
    wait_until(lambda: visitor.go(PAGE) and row.count() == 1, TOPPED_UP_S, f"a top-up is {state}", every=0.5)


def confirm(visitor: Visitor) -> None:
    """Answer the bank."""
    visitor.page.get_by_role("button", name="Complete authentication").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_first_purchase_to_a_top_up_and_off_again(
    visit: Callable[..., Visitor], scripts: bool
) -> None:
    ada = visit(390, 844, scripts=scripts)
    page = ada.page
    ada.sign_up(f"ada.topup.{scripts}@example.org".lower())
    keep_a_card(ada, ACCEPTED)
    switch_on(ada, below=20)
    await_state(ada, "Paid")
    expect(page.locator("main")).to_contain_text("63 credits available")
    expect(page.locator("main")).to_contain_text("1 top-up paid this month.")
    ada.go("/billing/receipts/")
    expect(page.locator("main")).to_contain_text("50 credits")
    ada.go("/credits/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert [row.split(",")[10] for row in rows] == ["available", "3", "13", "63"]
    ada.go(PAGE)
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator(".notice-list")).to_contain_text("Automatic top-up is off.")
    expect(page.get_by_role("heading", name="Switch it on")).to_be_visible()
    assert ada.complaints == []


def test_a_bank_that_asks_gets_its_answer_by_mail(visit: Callable[..., Visitor]) -> None:
    eve = visit()
    page = eve.page
    eve.sign_up("eve.topup@example.org")
    keep_a_card(eve, CHALLENGED)
    switch_on(eve, below=20)
    await_state(eve, "Waiting for your confirmation")
    eve.go("/dev/mail/")
    mail = page.get_by_role("article").filter(has_text="Your bank asks you to confirm $20.00")
    mail.get_by_role("link", name="/c/pay/").click()
    pay(eve, CHALLENGED)
    confirm(eve)
    expect(page.get_by_role("heading", level=1)).to_have_text("50 credits added")
    expect(page.locator("main")).to_contain_text("You have 63 credits available")
    assert eve.complaints == []
