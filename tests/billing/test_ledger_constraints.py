"""The database itself refuses what the ledger must never say, whoever writes it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from billing import ledger
from billing.models import CreditAccount, CreditGrant, Hold, LedgerEntry, LedgerTxn
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(owner: Owner) -> Owner:
    """Five credits, one of them held."""
    ledger.hold(account=owner.account, job="rst_1")
    return owner


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "change",
    [
        "available = -1",
        "held = -1",
        "debt = -1",
        "debt = 1",  # while credits are available
        "available = available - 5",
    ],
)
def test_balances_stay_in_bounds(booked: Owner, change: str) -> None:
    refused(f"UPDATE billing_creditaccount SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "free = -1, spent = 5",
        "held = -1, free = 6",
        "spent = -1, free = 5",
        "lapsed = -1, free = 5",
        "reversed = -1, free = 5",
        "free = free + 1",
        "amount = 0, free = 0, held = 0",
        "amount = amount + 1",
    ],
)
def test_the_parts_of_a_grant_make_up_its_amount(booked: Owner, change: str) -> None:
    refused(f"UPDATE billing_creditgrant SET {change}")


@pytest.mark.parametrize("change", ["amount = 0", "amount = -1", "state = 'lost'"])
def test_a_hold_is_positive_and_in_a_known_state(booked: Owner, change: str) -> None:
    refused(f"UPDATE billing_hold SET {change}")


def test_an_allocation_is_positive(booked: Owner) -> None:
    refused("UPDATE billing_holdallocation SET amount = 0")


def test_an_entry_is_not_zero(booked: Owner) -> None:
    refused("UPDATE billing_ledgerentry SET amount = 0")


def test_a_place_in_the_chain_is_taken_once(booked: Owner) -> None:
    refused("UPDATE billing_ledgertxn SET seq = 1")


def test_a_cause_and_a_source_and_a_job_are_booked_once(booked: Owner) -> None:
    row = CreditAccount.objects.get()
    for again in (
        LedgerTxn(credit_account=row, seq=99, key="hold:rst_1", kind="hold"),
        CreditGrant(
            credit_account=row, kind="paid", source=f"test:{booked.account.public_id}", amount=1, free=1
        ),
        Hold(credit_account=row, job="rst_1", amount=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_what_was_booked_cannot_be_deleted_with_its_owner(booked: Owner) -> None:
    for row in (booked.account, CreditAccount.objects.get(), CreditGrant.objects.get(), Hold.objects.get()):
        with pytest.raises(ProtectedError):
            row.delete()
    assert LedgerEntry.objects.count() == 4
