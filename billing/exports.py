"""The ledger of one account as CSV or JSON, from its first movement to its last, a batch at a time."""

import csv
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.db import connection

from accounts.models import Account
from billing.models import LedgerEntry, LedgerTxn, Purchase
from billing.selectors import purchase_of

BATCH = 500
READ = ("pk", "seq", "created_at", "kind", "reason", "ref")
Book = LedgerEntry.Book
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One movement: what it changed, and the balances after it. `time` in ISO 8601, UTC."""

    seq: int
    time: str
    kind: str
    reason: str
    job: str
    purchase: str
    receipt: str
    available_change: int
    held_change: int
    debt_change: int
    available: int
    held: int
    debt: int


COLUMNS = [field.name for field in fields(Row)]


def batches(account: Account) -> Iterator[list[Row]]:
    """Every movement booked until now, oldest first. Each batch is read when it is due and holds no connection."""
    movements = LedgerTxn.objects.filter(credit_account__account=account)
    last = movements.order_by("-seq").values_list("seq", flat=True).first() or 0
    available = held = debt = seq = 0
    while seq < last:
        found = list(movements.filter(seq__gt=seq, seq__lte=last).order_by("seq").values(*READ)[:BATCH])
        changes = _changes([txn["pk"] for txn in found])
        receipts = _receipts([txn["ref"] for txn in found])
        rows = []
        for txn in found:
            change = changes[txn["pk"]]
            moved, set_aside, owed = change[Book.AVAILABLE], change[Book.HELD], -change[Book.DEBT]
            available, held, debt = available + moved, held + set_aside, debt + owed
            purchase = purchase_of(txn["ref"])
            rows.append(
                Row(
                    seq=txn["seq"],
                    time=_time(txn["created_at"]),
                    kind=txn["kind"],
                    reason=txn["reason"],
                    job=txn["ref"] if txn["ref"].startswith("rst_") else "",
                    purchase=purchase,
                    receipt=receipts.get(purchase, ""),
                    available_change=moved,
                    held_change=set_aside,
                    debt_change=owed,
                    available=available,
                    held=held,
                    debt=debt,
                )
            )
        seq = rows[-1].seq
        # A slow reader must not keep one of the few connections between two batches.
        if not connection.in_atomic_block:
            connection.close()
        yield rows


async def csv_lines(account: Account) -> AsyncIterator[str]:
    """The export as CSV text with a header line; text that a spreadsheet would calculate is quoted."""
    yield _line(COLUMNS)
    async for rows in _awaited(batches(account)):
        yield "".join(_line([_cell(value) for value in vars(row).values()]) for row in rows)


async def json_parts(account: Account) -> AsyncIterator[str]:
    """The export as one JSON object, in pieces: `account`, `exported_at`, `movements`."""
    head = {"account": account.public_id, "exported_at": _time(datetime.now(UTC))}
    yield json.dumps(head)[:-1] + ', "movements": ['
    first = True
    async for rows in _awaited(batches(account)):
        yield ("" if first else ",\n") + ",\n".join(json.dumps(vars(row)) for row in rows)
        first = False
    yield "]}\n"


async def _awaited(found: Iterator[list[Row]]) -> AsyncIterator[list[Row]]:
    def step() -> list[Row] | None:
        return next(found, None)

    # Async, because Django reads a sync iterator into memory whole before the first byte leaves.
    while (rows := await sync_to_async(step)()) is not None:
        yield rows


def _changes(txns: list[int]) -> dict[int, Counter[str]]:
    """What each movement changed, by book."""
    found: dict[int, Counter[str]] = {pk: Counter() for pk in txns}
    for pk, book, amount in LedgerEntry.objects.filter(txn__in=txns).values_list("txn_id", "book", "amount"):
        found[pk][book] = amount
    return found


def _receipts(refs: list[str]) -> dict[str, str]:
    wanted = {purchase for ref in refs if (purchase := purchase_of(ref))}
    paid = Purchase.objects.filter(public_id__in=wanted).exclude(receipt_url="")
    return dict(paid.values_list("public_id", "receipt_url"))


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cell(value: int | str) -> int | str:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _line(values: list[int | str] | list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
