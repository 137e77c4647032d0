"""Paid credits last for calendar months from the purchase."""

from datetime import UTC, datetime
from typing import Any

import pytest

from billing.models import CreditGrant
from billing.validity import paid_until
from tests.billing.bank import Bank


@pytest.mark.parametrize(
    ("bought", "months", "until"),
    [
        ((2031, 3, 5), 12, (2032, 3, 5)),
        ((2032, 2, 29), 12, (2033, 2, 28)),
        ((2031, 12, 31), 2, (2032, 2, 29)),
        ((2031, 12, 1), 1, (2032, 1, 1)),
        ((2031, 1, 31), 25, (2033, 2, 28)),
    ],
)
def test_the_same_day_months_later(
    settings: Any, bought: tuple[int, int, int], months: int, until: tuple[int, int, int]
) -> None:
    settings.CREDITS_PAID_MONTHS = months
    moment = datetime(*bought, 13, 37, tzinfo=UTC)
    assert paid_until(moment) == datetime(*until, 13, 37, tzinfo=UTC)


def test_without_a_limit_they_do_not_expire(settings: Any) -> None:
    settings.CREDITS_PAID_MONTHS = 0
    assert paid_until(datetime(2031, 3, 5, tzinfo=UTC)) is None


@pytest.mark.django_db
def test_a_purchase_brings_credits_with_their_expiry(bank: Bank) -> None:
    purchase = bank.bought()
    assert purchase.fulfilled_at is not None
    grant = CreditGrant.objects.get()
    assert (grant.expires_at, grant.ref) == (paid_until(purchase.fulfilled_at), purchase.public_id)
