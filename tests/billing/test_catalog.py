"""The packs and their prices."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing.catalog import PACKS, offer, offers
from core.errors import AppError
from tests.conftest import Owner


def test_three_packs_at_their_prices(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "usd"
    assert [(one.pack.credits, one.amount, one.price_text) for one in offers(owner.account)] == [
        (10, 500, "$5.00"),
        (50, 2000, "$20.00"),
        (200, 6000, "$60.00"),
    ]


def test_a_bigger_pack_costs_less_a_credit() -> None:
    for currency in PACKS[0].prices:
        each = [pack.price(currency) / pack.credits for pack in PACKS]
        assert each == sorted(each, reverse=True)


def test_an_account_keeps_its_currency(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "usd"
    owner.account.currency = "jpy"
    assert [one.price_text for one in offers(owner.account)] == ["¥800", "¥3,200", "¥9,600"]


def test_an_unknown_pack_is_404(owner: Owner) -> None:
    with pytest.raises(AppError) as refused:
        offer(owner.account, "credits_1")
    assert refused.value.status == 404


def test_an_unpriced_currency_is_said(owner: Owner, settings: Any) -> None:
    settings.STRIPE_CURRENCY = "xyz"
    with pytest.raises(ImproperlyConfigured, match="xyz"):
        offers(owner.account)
