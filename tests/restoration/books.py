"""What a job did to the money, for assertions."""

from billing.models import Hold, LedgerEntry, LedgerTxn
from billing.selectors import balance
from restoration.models import Restoration
from tests.conftest import Owner


def credits(owner: Owner) -> tuple[int, int]:
    """Available and held."""
    found = balance(owner.account)
    return found.available, found.held


def charges(job: Restoration) -> int:
    """How often the job was charged."""
    return LedgerTxn.objects.filter(kind="capture", ref=job.public_id).count()


def hold_state(job: Restoration) -> str:
    return Hold.objects.get(job=job.public_id).state


def ledger_agrees(owner: Owner) -> bool:
    """Whether the entries sum to the balances, and every transaction to zero."""
    entries = LedgerEntry.objects.filter(txn__credit_account__account=owner.account)
    books: dict[str, int] = {}
    sums: dict[int, int] = {}
    for txn, book, amount in entries.values_list("txn_id", "book", "amount"):
        books[book] = books.get(book, 0) + amount
        sums[txn] = sums.get(txn, 0) + amount
    return credits(owner) == (books.get("available", 0), books.get("held", 0)) and not any(sums.values())
