"""Stripe's balance is held against the purchases: what was missed is made good, what differs is found."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing import balance_comparison, purchases
from billing.audit import problems
from billing.models import Purchase, ReconciliationFinding
from tests.billing.shop import Shop

pytestmark = pytest.mark.usefixtures("new_stripe")


def compare() -> int:
    since: datetime = timezone.now() - timedelta(days=1)
    return balance_comparison.compare(since, timedelta(seconds=-1))


def open_findings() -> dict[str, str]:
    found = ReconciliationFinding.objects.filter(state="open").order_by("pk")
    return {finding.kind: finding.detail for finding in found}


@pytest.fixture
def bought(shop: Shop) -> Purchase:
    """50 credits for $20, and all of it agrees."""
    purchase = purchases.fulfill(shop.paid().stripe_session or "")
    assert compare() == 0
    assert open_findings() == {}
    return purchase


def test_a_payment_that_nobody_told_of_brings_its_credits(shop: Shop) -> None:
    shop.paid()
    assert compare() == 1
    assert (shop.available, shop.grants()) == (50, 1)
    assert (compare(), open_findings()) == (0, {})


def test_a_refund_that_nobody_told_of_takes_its_credits(shop: Shop, bought: Purchase) -> None:
    shop.simulator.client.v1.refunds.create(
        {"payment_intent": bought.stripe_payment_intent or "", "amount": 1000}
    )
    assert compare() == 1
    assert shop.available == 25
    assert (compare(), open_findings(), problems(shop.owner.account)) == (0, {}, [])


def test_a_dispute_that_nobody_told_of_takes_its_credits(shop: Shop, bought: Purchase) -> None:
    charge = shop.simulator.client.v1.charges.list({"payment_intent": bought.stripe_payment_intent or ""})
    shop.simulator.control("disputes", charge=charge.data[0].id)
    assert compare() == 1
    bought.refresh_from_db()
    assert (shop.available, bought.disputed) == (0, True)
    assert (compare(), open_findings()) == (0, {})


def test_another_amount_waits_for_a_person(shop: Shop, bought: Purchase) -> None:
    Purchase.objects.update(total=1900)
    compare()
    assert open_findings() == {
        "charge": f"took 2000 usd, {bought.public_id} came to 1900 usd",
    }
    Purchase.objects.update(total=2000)
    compare()
    assert open_findings() == {}


def pay_for(shop: Shop, mark: str) -> None:
    order: Any = shop.simulator.order(payment_intent_data={"metadata": {"purchase": mark}})
    assert shop.simulator.pay(order.url).status == 302


def test_a_second_payment_for_one_purchase_waits_for_a_person(shop: Shop, bought: Purchase) -> None:
    pay_for(shop, bought.public_id)
    compare()
    assert open_findings() == {
        "charge": f"is for {bought.public_id}, which was paid by {bought.stripe_payment_intent}"
    }
    assert shop.available == 50


def test_a_payment_for_a_purchase_that_is_not_there_waits_for_a_person(shop: Shop) -> None:
    pay_for(shop, "pur_restored_from_an_older_backup")
    compare()
    assert open_findings() == {"charge": "is for pur_restored_from_an_older_backup, which is not there"}


def test_another_systems_payment_is_none_of_ours(shop: Shop, bought: Purchase) -> None:
    pay_for(shop, "order-17")
    assert (compare(), open_findings()) == (0, {})


def test_credits_for_which_no_money_came_wait_for_a_person(shop: Shop, bought: Purchase) -> None:
    shop.simulator.control("forget")
    compare()
    assert open_findings() == {
        "credits": f"was credited, but the balance has no charge of {bought.stripe_payment_intent}"
    }
