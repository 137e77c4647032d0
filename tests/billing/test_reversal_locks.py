"""What a reversal keeps others from doing meanwhile: spending the credits, and no more."""

import pytest
from django.db import connection, transaction

from billing import reversals, standings
from billing.models import Purchase
from tests.billing.bank import Bank
from tests.billing.test_purchase_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks everything at once")
def test_the_account_may_be_referred_to_meanwhile(bank: Bank) -> None:
    """Else a job's insert, which holds the credits and refers to the account, would meet us crosswise."""
    purchase = bank.bought()
    found = standings.standing(purchase)

    def another_purchase() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            Purchase.objects.create(
                account=purchase.account, pack="credits_10", credits=10, amount=500, currency="usd"
            )

    with transaction.atomic():
        reversals.locked(found)
        assert at_once(another_purchase) == []


def test_answers_that_cross_come_to_the_newest(bank: Bank) -> None:
    purchase = bank.bought()
    for amount in (200, 400, 600):
        bank.refund(purchase, amount)
    raised = at_once(*(lambda: reversals.refresh(Purchase.objects.get()) for _ in range(4)))
    assert raised == []
    purchase.refresh_from_db()
    assert (purchase.reversed_credits, purchase.reversal_seq, bank.credits) == (30, 4, (20, 0, 0))
