"""The packs, any other number of credits, and what they cost: one function for page, checkout and check."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing.catalog import CURRENCIES, CUSTOM, FEWEST, MOST, PACKS, TIERS, offer, offers, price, unit_price
from core.errors import AppError
from tests.conftest import Owner


def test_three_packs_at_their_prices(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "usd"
    assert [(one.pack.credits, one.amount, one.price_text) for one in offers(owner.account)] == [
        (10, 500, "$5.00"),
        (50, 2000, "$20.00"),
        (200, 6000, "$60.00"),
    ]


@pytest.mark.parametrize("currency", CURRENCIES)
def test_more_credits_cost_less_each_and_are_whole_minor_units(currency: str) -> None:
    each = [unit_price(start, currency) for start in TIERS]
    assert each == sorted(set(each), reverse=True)
    for credits in range(FEWEST, MOST + 1, 7):
        assert price(credits, currency) == credits * unit_price(credits, currency)


@pytest.mark.parametrize(
    ("credits", "usd", "jpy"),
    [(10, 500, 800), (49, 2450, 3920), (50, 2000, 3200), (199, 7960, 12736), (200, 6000, 9600)],
)
def test_the_price_changes_where_a_tier_begins(credits: int, usd: int, jpy: int) -> None:
    assert (price(credits, "usd"), price(credits, "jpy")) == (usd, jpy)


def test_a_pack_costs_what_the_same_credits_cost_counted(owner: Owner) -> None:
    for pack in PACKS:
        counted, packed = (
            offer(owner.account, CUSTOM, pack.credits),
            offer(owner.account, pack.key),
        )
        assert counted.amount == packed.amount
        assert (counted.quantity, packed.quantity) == (pack.credits, 1)


@pytest.mark.parametrize(("credits", "better"), [(39, None), (40, 50), (49, 50), (50, None), (150, 200)])
def test_more_credits_for_less_money_are_pointed_out(owner: Owner, credits: int, better: int | None) -> None:
    found = offer(owner.account, CUSTOM, credits).better
    assert (found.pack.credits if found else None) == better


@pytest.mark.parametrize("credits", [0, -20, FEWEST - 1, MOST + 1])
def test_a_number_outside_the_limits_is_422(owner: Owner, credits: int) -> None:
    with pytest.raises(AppError) as refused:
        offer(owner.account, CUSTOM, credits)
    assert (refused.value.code, refused.value.status) == ("invalid_amount", 422)


def test_an_account_keeps_its_currency(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "usd"
    owner.account.currency = "jpy"
    assert [one.price_text for one in offers(owner.account)] == ["¥800", "¥3,200", "¥9,600"]
    assert offer(owner.account, CUSTOM, 73).price_text == "¥4,672"


def test_an_unknown_pack_is_404(owner: Owner) -> None:
    with pytest.raises(AppError) as refused:
        offer(owner.account, "credits_1")
    assert refused.value.status == 404


def test_an_unpriced_currency_is_said(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "xyz"
    with pytest.raises(ImproperlyConfigured, match="xyz"):
        offers(owner.account)
