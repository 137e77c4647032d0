"""From payment to credits: by Stripe's word alone, and once."""

import pytest

from billing import purchases
from billing.models import CreditGrant, LedgerTxn, Purchase
from billing.validity import paid_until
from tests.billing.shop import Shop
from tests.billing.simulator import DECLINED, NO_FUNDS

State = Purchase.State


def test_a_paid_session_brings_its_credits(shop: Shop) -> None:
    purchase = purchases.fulfill(shop.paid("credits_50").stripe_session or "")
    assert (purchase.state, shop.available) == (State.FULFILLED, 50)
    assert purchase.fulfilled_at is not None
    assert (purchase.stripe_payment_intent or "").startswith("pi_")
    assert "/receipts/ch_" in purchase.receipt_url
    assert (purchase.total, purchase.discount, purchase.tax) == (2000, 0, 0)
    assert purchase.paid_at is not None
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.amount) == (CreditGrant.Kind.PAID, 50)
    assert grant.expires_at == paid_until(purchase.fulfilled_at)
    assert LedgerTxn.objects.get().ref == purchase.public_id


def test_asking_again_brings_nothing_more(shop: Shop) -> None:
    paid = shop.paid()
    for _ in range(3):
        purchases.fulfill(paid.stripe_session or "")
    assert (shop.available, shop.grants()) == (50, 1)


def test_an_open_session_brings_nothing(shop: Shop) -> None:
    purchase = purchases.fulfill(shop.start().stripe_session or "")
    assert (purchase.state, shop.grants()) == (State.OPEN, 0)


@pytest.mark.parametrize("card", [DECLINED, NO_FUNDS])
def test_a_declined_card_brings_nothing_and_another_may_follow(shop: Shop, card: str) -> None:
    purchase = shop.start()
    assert shop.pay(purchase, card) == 402
    assert purchases.fulfill(purchase.stripe_session or "").state == State.OPEN
    assert shop.grants() == 0
    assert shop.pay(purchase) == 302
    assert purchases.fulfill(purchase.stripe_session or "").state == State.FULFILLED
    assert shop.available == 50


def test_late_news_takes_nothing_back(shop: Shop) -> None:
    paid = shop.paid()
    session = purchases.retrieve(paid.stripe_session or "")
    purchases.settle(session)
    session.status = "expired"
    assert purchases.settle(session).state == State.FULFILLED
    assert shop.available == 50


def test_settling_a_reversed_purchase_leaves_it_reversed(shop: Shop) -> None:
    session = purchases.retrieve(shop.paid().stripe_session or "")
    paid = purchases.settle(session)
    Purchase.objects.filter(pk=paid.pk).update(state=State.REVERSED, reversed_credits=50)
    assert purchases.settle(session).state == State.REVERSED
    assert (shop.available, shop.grants()) == (50, 1)


def test_another_quantity_than_ordered_brings_nothing(shop: Shop) -> None:
    session = purchases.retrieve(shop.paid().stripe_session or "")
    assert session.line_items is not None
    session.line_items.data[0].quantity = 2
    with pytest.raises(purchases.MismatchedSession):
        purchases.settle(session)
    assert shop.grants() == 0


@pytest.mark.parametrize(
    ("field", "value"), [("amount_subtotal", 1), ("currency", "jpy"), ("id", "cs_test_other")]
)
def test_a_session_that_is_not_what_was_ordered_brings_nothing(shop: Shop, field: str, value: object) -> None:
    session = purchases.retrieve(shop.paid().stripe_session or "")
    setattr(session, field, value)
    with pytest.raises(purchases.MismatchedSession):
        purchases.settle(session)
    assert shop.grants() == 0


def test_a_strangers_session_brings_nothing(shop: Shop) -> None:
    foreign = shop.simulator.order()
    shop.simulator.pay(foreign.url or "")
    with pytest.raises(purchases.UnknownSession):
        purchases.fulfill(foreign.id)
    assert shop.grants() == 0


def test_a_session_is_found_though_its_id_was_never_written_down(shop: Shop) -> None:
    paid = shop.paid()
    session_id = paid.stripe_session or ""
    Purchase.objects.filter(pk=paid.pk).update(stripe_session=None, state=State.CREATED)
    found = purchases.fulfill(session_id)
    assert (found.pk, found.state, found.stripe_session) == (paid.pk, State.FULFILLED, session_id)


def test_an_open_session_whose_answer_was_lost_can_be_paid_on(shop: Shop) -> None:
    opened = shop.start()
    Purchase.objects.filter(pk=opened.pk).update(stripe_session=None, state=State.CREATED, checkout_url="")
    found = purchases.fulfill(opened.stripe_session or "")
    assert (found.state, found.checkout_url) == (State.OPEN, opened.checkout_url)


def test_the_first_purchase_fixes_the_currency(shop: Shop) -> None:
    assert shop.owner.account.currency == ""
    purchases.fulfill(shop.paid().stripe_session or "")
    shop.owner.account.refresh_from_db()
    assert shop.owner.account.currency == "usd"
