"""The audit finds a reversal that was changed behind the ledger's back."""

import pytest
from django.db import connection
from django.utils import timezone

from billing import clawback, ledger
from billing.audit import problems
from billing.models import CreditGrant, Purchase
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def reversed_purchase(owner: Owner) -> Purchase:
    """Ten credits bought and spent, eight taken back: five from what was there before, three owed."""
    purchase = Purchase.objects.create(
        account=owner.account,
        pack="credits_10",
        credits=10,
        amount=500,
        currency="usd",
        state=Purchase.State.PARTIALLY_REVERSED,
        fulfilled_at=timezone.now(),
        reversed_credits=8,
    )
    ref = purchase.public_id
    ledger.hold(account=owner.account, job="rst_0", amount=5)
    ledger.grant(
        account=owner.account, amount=10, kind=CreditGrant.Kind.PAID, source=f"purchase:{ref}", ref=ref
    )
    ledger.hold(account=owner.account, job="rst_1", amount=10)
    ledger.capture(job="rst_1")
    ledger.release(job="rst_0", reason="failed")
    clawback.reverse_to(account=owner.account, ref=ref, target=8, reason="refund")
    assert problems(owner.account) == []
    return purchase


@pytest.mark.parametrize(
    ("sql", "finding"),
    [
        ("UPDATE billing_clawback SET amount = amount + 1", "10 credits are taken back, the ledger says 8"),
        ("UPDATE billing_clawback SET amount = 4 WHERE grant_id IS NULL", "purchases owe 4, debt is 3"),
        (
            "UPDATE billing_clawback SET amount = 9 WHERE grant_id IS NOT NULL",
            "12 credits are taken back, 10",
        ),
        (
            "UPDATE billing_clawback SET ref = 'pur_other'",
            "pur_other: 8 credits are taken back, 0 came with it",
        ),
        (
            "UPDATE billing_creditgrant SET reversed = 4, free = 1 WHERE reversed = 5",
            "reversed is 4, taken were 5",
        ),
        ("UPDATE billing_creditgrant SET ref = ''", "is paid, but brought 0 of 10 credits"),
        ("UPDATE billing_purchase SET reversed_credits = 0", "says that 0 credits are taken back: 8 are"),
        ("UPDATE billing_purchase SET credits = 20", "is paid, but brought 10 of 20 credits"),
        ("UPDATE billing_purchase SET fulfilled_at = NULL", "is partially_reversed, but brought 10 credits"),
    ],
)
def test_a_change_is_found(reversed_purchase: Purchase, sql: str, finding: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    found = problems(reversed_purchase.account)
    assert any(finding in problem for problem in found), found
