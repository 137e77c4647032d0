"""Amounts as text: hundredths, whole units, thousandths."""

import pytest
from django.utils import translation

from billing.money import format_money
from billing.stripe_simulator.amounts import shown


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (500, "usd", "$5.00"),
        (2000, "USD", "$20.00"),
        (5, "usd", "$0.05"),
        (123456789, "usd", "$1,234,567.89"),
        (500, "jpy", "¥500"),
        (12000, "jpy", "¥12,000"),
        (1234, "kwd", "KWD 1.234"),
        (500, "chf", "CHF 5.00"),
        (-500, "eur", "-€5.00"),
        (0, "gbp", "£0.00"),
    ],
)
def test_minor_units_become_text(amount: int, currency: str, text: str) -> None:
    with translation.override("en"):
        assert format_money(amount, currency) == text


def test_separators_follow_the_language() -> None:
    with translation.override("de"):
        assert format_money(123456, "eur") == "€1.234,56"


def test_the_simulator_counts_yen_the_same_way() -> None:
    assert (shown(500, "jpy"), shown(2000, "usd")) == ("JPY 500", "USD 20.00")
