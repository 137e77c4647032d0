"""The receipts: every purchase with its state in plain words, its amounts and its papers."""

import pytest
from django.test import Client
from django.urls import reverse

from billing import purchases
from billing.models import Purchase
from billing.receipts import receipts_of
from tests.billing.shop import Shop
from tests.billing.top_ups import TopUps
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db
State = Purchase.State


def receipts(customer: Client) -> str:
    return text_of(customer.get(reverse("billing:receipts")))


def page(customer: Client, purchase: Purchase) -> str:
    return text_of(customer.get(reverse("billing:purchase", args=[purchase.public_id])))


def test_without_purchases_the_page_says_so(customer: Client) -> None:
    shown = receipts(customer)
    assert "No purchases yet" in shown
    assert "Manage payment methods" not in shown


def test_paid_and_unpaid_are_told_apart(customer: Client, shop: Shop) -> None:
    paid, unpaid = shop.paid("credits_10"), shop.start("credits_200")
    purchases.fulfill(paid.stripe_session or "")
    reply = customer.get(reverse("billing:receipts"))
    shown, html = text_of(reply), reply.content.decode()
    assert "10 credits$5.00✓ Paid 10 credits were added." in shown
    assert "200 credits$60.00– Not paid The payment page is still open." in shown
    assert shown.index("200 credits") < shown.index("10 credits$")
    assert unpaid.checkout_url in html
    assert paid.checkout_url not in html


@pytest.mark.parametrize(
    ("state", "changes", "words"),
    [
        (State.CREATED, {}, "Not paid No payment has arrived"),
        (State.PROCESSING, {}, "Payment pending Your credits appear when your bank confirms"),
        (State.EXPIRED, {}, "Not paid The payment page was closed without a payment."),
        (State.FAILED, {}, "Failed The payment did not go through. You were not charged"),
    ],
)
def test_each_unpaid_state_has_its_sentence(
    customer: Client, shop: Shop, state: str, changes: dict[str, object], words: str
) -> None:
    purchase = shop.start()
    Purchase.objects.filter(pk=purchase.pk).update(state=state, **changes)
    assert words in receipts(customer)
    assert purchase.public_id in page(customer, purchase)


@pytest.mark.parametrize(
    ("state", "changes", "words"),
    [
        (
            State.PARTIALLY_REVERSED,
            {"refunded_amount": 800, "reversed_credits": 20},
            "Partly refunded $8.00 was refunded. 20 credits were taken back.",
        ),
        (
            State.REVERSED,
            {"refunded_amount": 2000, "reversed_credits": 50},
            "Refunded $20.00 was refunded. 50 credits were taken back.",
        ),
        (
            State.REVERSED,
            {"disputed": True, "reversed_credits": 50},
            "Disputed The payment is disputed with the bank. 50 credits were taken back.",
        ),
        (State.FULFILLED, {"total": 0, "discount": 2000}, "Free of charge 50 credits were added."),
    ],
)
def test_each_paid_state_has_its_sentence(
    customer: Client, shop: Shop, state: str, changes: dict[str, object], words: str
) -> None:
    purchase = purchases.fulfill(shop.paid().stripe_session or "")
    Purchase.objects.filter(pk=purchase.pk).update(state=state, **changes)
    assert words in receipts(customer)


def test_discount_tax_and_total_are_named(customer: Client, shop: Shop) -> None:
    purchase = purchases.fulfill(shop.paid().stripe_session or "")
    Purchase.objects.filter(pk=purchase.pk).update(discount=400, tax=304, total=1904)
    shown = page(customer, purchase)
    for text in ("Price$20.00", "Discount-$4.00", "Tax$3.04", "Paid$19.04", "Unused credits expire"):
        assert text in shown
    assert "$19.04 discount -$4.00 of it tax $3.04" in receipts(customer)


def test_an_automatic_top_up_is_named(customer: Client, shop: Shop) -> None:
    top_ups = TopUps(shop)
    top_ups.agree()
    purchase = top_ups.consider().purchase
    assert "50 credits automatic top-up" in receipts(customer)
    shown = page(customer, purchase)
    assert "Bought byAutomatic top-up" in shown
    assert "Paid$20.00" in shown


def test_a_top_up_under_way_does_not_claim_that_nothing_was_charged(customer: Client, shop: Shop) -> None:
    top_ups = TopUps(shop)
    top_ups.agree()
    purchase = top_ups.consider().purchase
    Purchase.objects.filter(pk=purchase.pk).update(state=State.CREATED, fulfilled_at=None)
    assert "Your card is being charged for this automatic top-up." in receipts(customer)


def test_pages_of_receipts_meet(shop: Shop) -> None:
    bought = [shop.start().pk for _ in range(3)]
    newest, mark = receipts_of(shop.owner.account, size=2)
    oldest, end = receipts_of(shop.owner.account, before=mark, size=2)
    assert [one.purchase.pk for one in newest + oldest] == bought[::-1]
    assert end == 0
