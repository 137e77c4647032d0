"""An account's currency: chosen before the first purchase, fixed by it."""

import pytest

from billing import currencies, purchases
from billing.models import Purchase
from core.errors import AppError
from tests.billing.shop import Shop

pytestmark = pytest.mark.django_db


def currency(shop: Shop) -> str:
    shop.owner.account.refresh_from_db()
    return shop.owner.account.currency


def test_the_chosen_currency_is_what_is_charged(shop: Shop) -> None:
    currencies.choose(account=shop.owner.account, currency="jpy")
    assert currency(shop) == "jpy"
    paid = purchases.fulfill(shop.paid("credits_50").stripe_session or "")
    assert (paid.amount, paid.total, paid.currency) == (3200, 3200, "jpy")


def test_it_may_change_until_something_is_paid(shop: Shop) -> None:
    for wanted in ("eur", "gbp"):
        shop.start()
        currencies.choose(account=shop.owner.account, currency=wanted)
        assert currency(shop) == wanted


def test_the_first_purchase_fixes_it(shop: Shop) -> None:
    purchases.fulfill(shop.paid().stripe_session or "")
    assert currency(shop) == "usd"
    with pytest.raises(AppError) as refused:
        currencies.choose(account=shop.owner.account, currency="eur")
    assert (refused.value.code, refused.value.status) == ("currency_fixed", 409)
    assert currency(shop) == "usd"


def test_a_payment_on_its_way_fixes_it_too(shop: Shop) -> None:
    Purchase.objects.filter(pk=shop.start().pk).update(state=Purchase.State.PROCESSING)
    with pytest.raises(AppError):
        currencies.choose(account=shop.owner.account, currency="eur")


def test_a_page_left_open_in_another_currency_decides_when_it_is_paid_first(shop: Shop) -> None:
    dollars = shop.start()
    currencies.choose(account=shop.owner.account, currency="eur")
    euros = shop.start()
    shop.pay(dollars)
    purchases.fulfill(dollars.stripe_session or "")
    assert currency(shop) == "usd"
    shop.pay(euros)
    purchases.fulfill(euros.stripe_session or "")
    assert currency(shop) == "usd"
    assert shop.available == 100


@pytest.mark.parametrize("wanted", ["", "xyz", "USD"])
def test_a_currency_without_prices_is_422(shop: Shop, wanted: str) -> None:
    with pytest.raises(AppError) as refused:
        currencies.choose(account=shop.owner.account, currency=wanted)
    assert refused.value.status == 422
    assert currency(shop) == ""
