"""A refund made at Stripe shows on the receipts page, with the credits that it took back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import Stripe, order, pay
from tests.instance import Instance
from tests.processes import wait_until

pytestmark = pytest.mark.browser


def test_a_partial_refund_is_seen(visit: Callable[..., Visitor], instance: Instance) -> None:
    ida = visit(390, 844)
    page = ida.page
    ida.sign_up("ida.refunded@example.org")
    stripe = Stripe(instance, order(ida, "Buy 50 credits, $20.00"))
    pay(ida)
    expect(page.locator("main")).to_contain_text("You have 53 credits available")
    page.get_by_role("link", name="Receipt", exact=True).click()
    purchase = page.locator("code.id").inner_text()
    intent = instance.evaluate(
        "from billing.models import Purchase\n"
        f"result = Purchase.objects.get(public_id='{purchase}').stripe_payment_intent"
    )
    stripe.post("refunds", payment_intent=intent, amount="800")

    def refunded() -> bool:
        return page.reload() is not None and "Partly refunded" in page.locator("main").inner_text()

    wait_until(refunded, 30, "the refund is on the page", every=0.5)
    ida.go("/billing/receipts/")
    row = page.get_by_role("row").filter(has_text="50 credits")
    expect(row).to_contain_text("$8.00 was refunded. 20 credits were taken back.")
    ida.go("/credits/")
    expect(page.locator("main")).to_contain_text("33 credits available")
    assert ida.complaints == []
