"""Discounts and taxes in minor units: nothing is lost or made by rounding."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.stripe_simulator.discounts import shares
from billing.stripe_simulator.taxes import RATES, tax

AMOUNTS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=6)
PERCENT = st.integers(1, 10_000).map(lambda hundredths: hundredths / 100)


@given(AMOUNTS, PERCENT)
@example([1, 1, 0], 50)
def test_a_percentage_is_shared_out_whole(amounts: list[int], percent: float) -> None:
    taken = shares({"percent_off": percent, "amount_off": None}, amounts)
    exact = sum(amounts) * round(percent * 100)
    assert abs(sum(taken) * 10_000 - exact) <= 5_000
    assert all(0 <= part <= amount for part, amount in zip(taken, amounts, strict=True))


@given(AMOUNTS, st.integers(1, 20_000_000))
def test_an_amount_takes_no_more_than_there_is(amounts: list[int], off: int) -> None:
    taken = shares({"percent_off": None, "amount_off": off}, amounts)
    assert sum(taken) == min(off, sum(amounts))
    assert all(0 <= part <= amount for part, amount in zip(taken, amounts, strict=True))


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(RATES)))
def test_tax_within_a_price_is_the_tax_on_the_rest(amount: int, country: str) -> None:
    within = tax(amount, country, inclusive=True)
    assert abs(tax(amount - within, country, inclusive=False) - within) <= 1


@pytest.mark.parametrize(
    ("amount", "inclusive", "expected"), [(2000, False, 380), (2000, True, 319), (5, False, 1), (2, False, 0)]
)
def test_halves_are_rounded_up(amount: int, inclusive: bool, expected: int) -> None:
    assert tax(amount, "DE", inclusive=inclusive) == expected


def test_no_tax_where_none_is_known() -> None:
    assert tax(2000, "US", inclusive=False) == tax(2000, None, inclusive=True) == 0
