"""Paying from a bank account: pending for days, then credited or failed, and a mail of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import Stripe, order
from tests.instance import Instance
from tests.processes import wait_until

pytestmark = pytest.mark.browser


def debit(visitor: Visitor, instance: Instance, account: str) -> tuple[Stripe, str]:
    """Order 50 credits by debit; Stripe and the PaymentIntent that waits for the bank."""
    page = visitor.page
    stripe = Stripe(instance, order(visitor, "Buy 50 credits, $20.00"))
    page.get_by_role("link", name="Use a bank account instead").click()
    for name, value in {"account": account, "name": "Ada Lovelace", "email": "ada@example.org"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Payment pending")
    expect(page.locator("main")).to_contain_text("Please do not pay again; we will mail you.")
    session = page.url.rpartition("session_id=")[2]
    intent = instance.evaluate(
        "from billing.models import Purchase\n"
        f"result = Purchase.objects.get(stripe_session='{session}').stripe_payment_intent"
    )
    return stripe, intent


def mailed(visitor: Visitor, text: str) -> None:
    def there() -> bool:
        return text in visitor.go("/dev/mail/").locator("body").inner_text()

    wait_until(there, 60, f"a mail says: {text}", every=1)


def test_pending_then_credited(visit: Callable[..., Visitor], instance: Instance) -> None:
    ben = visit(390, 844)
    page = ben.page
    ben.sign_up("ben.debit@example.org")
    stripe, intent = debit(ben, instance, "000123456789")
    pending = page.url
    ben.go("/billing/receipts/")
    row = page.get_by_role("row").filter(has_text="50 credits")
    expect(row).to_contain_text("Payment pending")
    ben.go("/credits/")
    expect(page.locator("main")).to_contain_text("3 credits available")
    stripe.control("debits/settle", payment_intent=intent, status="succeeded")
    page.goto(pending)
    expect(page.get_by_role("heading", level=1)).to_have_text("50 credits added")
    ben.go("/billing/receipts/")
    expect(row).to_contain_text("50 credits were added.")
    mailed(ben, "50 credits added: your payment has arrived")
    assert ben.complaints == []


def test_pending_then_failed(visit: Callable[..., Visitor], instance: Instance) -> None:
    joe = visit()
    page = joe.page
    joe.sign_up("joe.debit@example.org")
    stripe, intent = debit(joe, instance, "000222222227")
    stripe.control("debits/settle", payment_intent=intent, status="failed")
    mailed(joe, "Your payment of $20.00 did not go through")
    joe.go("/billing/receipts/")
    row = page.get_by_role("row").filter(has_text="50 credits")
    expect(row).to_contain_text("You were not charged and no credits were added.")
    joe.go("/credits/")
    expect(page.locator("main")).to_contain_text("3 credits available")
    assert joe.complaints == []
