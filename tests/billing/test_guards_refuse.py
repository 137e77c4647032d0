"""What was booked stays as it is, even for somebody who writes SQL by hand."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing import ledger
from billing.models import CreditAccount, LedgerEntry, LedgerTxn
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="PostgreSQL can wait for the commit"
)

APPEND_ONLY = ["billing_ledgertxn", "billing_ledgerentry", "billing_holdallocation"]
KEPT = ["billing_creditaccount", "billing_creditgrant", "billing_hold"]


@pytest.fixture(autouse=True)
def booked(owner: Owner) -> Owner:
    """Five credits, one of them held."""
    ledger.hold(account=owner.account, job="rst_1")
    return owner


def refusal(sql: str) -> str:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refused.value).lower()


def refused_at_the_end(write: Callable[[], object]) -> str:
    def transact() -> None:
        with transaction.atomic():
            write()
            connection.check_constraints()  # as a commit does

    with pytest.raises(IntegrityError) as refused:
        transact()
    return str(refused.value).lower()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_an_update_is_refused_even_one_that_changes_nothing(table: str) -> None:
    assert f"update of {table} is refused" in refusal(f"UPDATE {table} SET id = id")


@pytest.mark.parametrize("table", [*APPEND_ONLY, *KEPT])
def test_a_deletion_is_refused(table: str) -> None:
    assert f"delete of {table} is refused" in refusal(f"DELETE FROM {table}")


@postgresql
@pytest.mark.parametrize("table", [*APPEND_ONLY, *KEPT])
def test_emptying_is_refused(table: str) -> None:
    connection.check_constraints()  # a table with checks still to come cannot be emptied anyhow
    assert "is refused" in refusal(f"TRUNCATE {table} CASCADE")


def test_the_orm_is_refused_too() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerTxn.objects.update(reason="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")
    assert LedgerEntry.objects.count() == 4


@postgresql
def test_a_transaction_without_entries_does_not_commit() -> None:
    row = CreditAccount.objects.get()
    assert "sum to <null>" in refused_at_the_end(
        lambda: LedgerTxn.objects.create(credit_account=row, seq=99, key="forged", kind="grant")
    )


@postgresql
def test_one_entry_more_does_not_commit() -> None:
    last = LedgerTxn.objects.latest("pk")
    assert "sum to 7" in refused_at_the_end(
        lambda: LedgerEntry.objects.create(txn=last, book="spent", amount=7)
    )
