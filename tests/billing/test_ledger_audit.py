"""The audit finds what was changed behind the ledger's back."""

import pytest
from django.db import connection

from billing import guards, ledger
from billing.audit import problems
from billing.bookings import Book, chain_hash
from billing.models import LedgerTxn
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(owner: Owner) -> Owner:
    """A grant, a hold, a capture, a release and an open hold: six transactions."""
    ledger.hold(account=owner.account, job="rst_1")
    ledger.capture(job="rst_1")
    ledger.hold(account=owner.account, job="rst_2")
    ledger.release(job="rst_2", reason="failed")
    ledger.hold(account=owner.account, job="rst_3")
    assert problems(owner.account) == []
    return owner


@pytest.mark.parametrize(
    ("sql", "finding"),
    [
        ("UPDATE billing_creditaccount SET available = available + 1", "available is 4, the ledger says 3"),
        ("UPDATE billing_creditaccount SET held = 0", "held is 0, the ledger says 1"),
        ("UPDATE billing_creditaccount SET last_seq = 4", "does not end where the account says"),
        ("UPDATE billing_creditaccount SET last_hash = 'x'", "does not end where the account says"),
        ("UPDATE billing_ledgertxn SET reason = 'other' WHERE seq = 5", "transaction 5 was changed"),
        ("UPDATE billing_ledgertxn SET ref = 'rst_9' WHERE seq = 3", "transaction 3 was changed"),
        (
            "UPDATE billing_ledgertxn SET created_at = '2020-01-01 00:00:00+00:00' WHERE seq = 2",
            "2 was changed",
        ),
        ("UPDATE billing_ledgertxn SET prev_hash = 'x' WHERE seq = 2", "2 does not follow"),
        ("UPDATE billing_ledgertxn SET seq = 40 WHERE seq = 4", "transaction 40 stands at place 6"),
        ("UPDATE billing_ledgerentry SET amount = amount * 2", "was changed after it was booked"),
        ("UPDATE billing_ledgerentry SET amount = 7 WHERE book = 'spent'", "do not sum to zero"),
        ("UPDATE billing_ledgerentry SET book = 'expired' WHERE book = 'spent'", "grants: spent is 1"),
        ("UPDATE billing_creditgrant SET free = free - 1, spent = spent + 1", "grants: free is 2"),
        ("UPDATE billing_creditgrant SET source = 'purchase:forged'", "was never booked"),
        ("UPDATE billing_hold SET state = 'captured' WHERE job = 'rst_2'", "hold rst_2 is captured"),
        ("UPDATE billing_hold SET state = 'held' WHERE job = 'rst_2'", "open holds make 2, held is 1"),
        ("UPDATE billing_hold SET amount = 2 WHERE job = 'rst_3'", "do not make up its amount"),
        ("DELETE FROM billing_ledgerentry WHERE book = 'spent'", "transaction 3: its entries do not sum"),
    ],
)
def test_a_change_is_found(booked: Owner, sql: str, finding: str) -> None:
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(finding in problem for problem in problems(booked.account)), problems(booked.account)


def test_a_forger_who_knows_the_hash_would_have_to_rewrite_all_that_follows(booked: Owner) -> None:
    third, fourth = LedgerTxn.objects.order_by("seq")[2:4]
    third.reason = "forged"
    entries = {Book(entry.book): entry.amount for entry in third.entries.all()}
    with guards.lifted():
        LedgerTxn.objects.filter(pk=third.pk).update(reason="forged", hash=chain_hash(third, entries))
    assert problems(booked.account) == ["transaction 4 does not follow the one before it"]
    with guards.lifted():
        LedgerTxn.objects.filter(pk=fourth.pk).update(prev_hash=chain_hash(third, entries))
    assert problems(booked.account) == ["transaction 4 was changed after it was booked"]


def test_a_stranger_is_not_blamed(booked: Owner, stranger: Owner) -> None:
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_ledgertxn SET reason = 'x' WHERE ref = 'rst_1'")
    assert problems(booked.account) != []
    assert problems(stranger.account) == []
