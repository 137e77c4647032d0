"""One booking: entries that sum to zero, appended to the account's hash chain under its lock."""

import hashlib
import json

from billing.models import CreditAccount, LedgerEntry, LedgerTxn

Book = LedgerEntry.Book


def lock(row: CreditAccount) -> CreditAccount:
    """The row, locked until the transaction ends. SQLite ignores FOR UPDATE: its transaction is the lock."""
    return CreditAccount.objects.select_for_update().get(pk=row.pk)


def book(
    owner: CreditAccount,
    key: str,
    kind: str,
    entries: dict[LedgerEntry.Book, int],
    *,
    reason: str = "",
    ref: str = "",
) -> None:
    """Append one transaction to the chain and save the balances. The caller holds the row's lock.

    `key` names the cause and is booked once. Raises AssertionError where the entries do not sum to zero.
    """
    entries = {name: amount for name, amount in entries.items() if amount}
    if sum(entries.values()):
        raise AssertionError(f"{key}: entries sum to {sum(entries.values())}")
    txn = LedgerTxn(
        credit_account=owner,
        seq=owner.last_seq + 1,
        key=key,
        kind=kind,
        reason=reason[:64],
        ref=ref[:80],
        prev_hash=owner.last_hash,
    )
    txn.hash = chain_hash(txn, entries)
    txn.save(force_insert=True)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(txn=txn, book=name, amount=amount) for name, amount in sorted(entries.items())
    )
    owner.last_seq, owner.last_hash = txn.seq, txn.hash
    owner.save(update_fields=["available", "held", "debt", "last_seq", "last_hash"])


def chain_hash(txn: LedgerTxn, entries: dict[LedgerEntry.Book, int]) -> str:
    """SHA-256 over the transaction, its entries and the hash before it: a changed row breaks the chain."""
    body = [txn.prev_hash, txn.seq, txn.key, txn.kind, txn.reason, txn.ref, txn.created_at.isoformat()]
    body.append(sorted((str(name), amount) for name, amount in entries.items()))
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()
