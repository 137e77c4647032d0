"""The simulator's own pages in a browser: everything a checkout can ask for, and nothing cut off at 360 pixels."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import Browser, Page, expect

from tests.billing.simulator import CHALLENGED_ONCE, Endpoint, Simulator
from tests.flows.test_layout_and_keyboard import SMALL_TARGETS, sideways

pytestmark = pytest.mark.browser
CARD = {"number": CHALLENGED_ONCE, "expiry": "12 / 40", "cvc": "123", "name": "Ada Lovelace"}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    endpoint = Endpoint()
    made = Simulator(tmp_path_factory.mktemp("stripe") / "state.sqlite3", endpoint)
    made.start()
    yield made
    made.stop()
    endpoint.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def rich_order(simulator: Simulator, **changes: Any) -> stripe.checkout.Session:
    customer = simulator.client.v1.customers.create({"email": "ada@example.org"}).id
    return simulator.order(
        customer=customer,
        customer_update={"address": "auto", "name": "auto"},
        allow_promotion_codes=True,
        automatic_tax={"enabled": True},
        tax_id_collection={"enabled": True},
        invoice_creation={"enabled": True},
        saved_payment_method_options={"payment_method_save": "enabled"},
        success_url=f"{simulator.url}/_control/health?session_id={{CHECKOUT_SESSION_ID}}",
        **changes,
    )


def fits(page: Page) -> None:
    assert sideways(page) == 0, page.url
    assert page.evaluate(SMALL_TARGETS) == [], page.url


def test_code_tax_saved_card_challenge_and_portal(simulator: Simulator, page: Page, tmp_path: Path) -> None:
    v1 = simulator.client.v1
    coupon = v1.coupons.create({"percent_off": 20})
    v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "WELCOME"})
    session = rich_order(simulator)
    page.goto(session.url or "")
    fits(page)
    page.get_by_label("Promotion code").fill("welcome")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("dl")).to_contain_text("Discount (WELCOME)")
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Show total with tax").click()
    expect(page.locator("#tax")).to_have_text("USD 3.04")
    for name, value in CARD.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("Save this card").check()
    page.get_by_role("button", name="Pay USD 19.04").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Your bank asks: is this you?")
    fits(page)
    page.get_by_role("button", name="Complete authentication").click()
    expect(page).to_have_url(re.compile(f"session_id={session.id}$"))
    done = v1.checkout.sessions.retrieve(session.id)
    assert (done.payment_status, done.amount_total) == ("paid", 1904)
    portal = v1.billing_portal.sessions.create({"customer": str(done.customer)})
    page.goto(portal.url)
    fits(page)
    expect(page.get_by_text("Visa ending in 3155")).to_be_visible()
    page.get_by_role("link", name=re.compile("-0001$")).click()
    fits(page)
    with page.expect_download() as file:
        page.get_by_role("link", name="Download as PDF").click()
    file.value.save_as(tmp_path / "invoice.pdf")
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    page.goto(portal.url)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No card is saved.")).to_be_visible()


def test_a_bank_account_after_a_refused_card(simulator: Simulator, page: Page) -> None:
    session = simulator.order(success_url=f"{simulator.url}/_control/health")
    page.goto(session.url or "")
    for name, value in {**CARD, "email": "ada@example.org", "number": "4000000000000002"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("alert")).to_contain_text("You were not charged")
    fits(page)
    page.get_by_role("link", name="Use a bank account instead").click()
    fits(page)
    for name, value in {"email": "ada@example.org", "name": "Ada", "account": "000123456789"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page).to_have_url(re.compile("health$"))
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
