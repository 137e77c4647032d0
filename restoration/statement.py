"""The ledger as a statement: rows that add up from the opening balance to the present one."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from billing.models import Hold, LedgerEntry, LedgerTxn
from billing.selectors import movements, purchase_of

PAGE = 50
Book = LedgerEntry.Book
KINDS = {
    "grant": _("Credits added"),
    "hold": _("Held for"),
    "capture": _("Spent on"),
    "release": _("Given back, not charged:"),
    "expire": _("Expired"),
    "reverse": _("Taken back after a refund or dispute:"),
    "reinstate": _("Given back, for the refund failed or the dispute was won:"),
}
REASONS = {
    "trial": _("Trial credits"),
    "paid": _("Purchase"),
    "purchase": _("Purchase"),
    "promo": _("Promotional credits"),
}


@dataclass(frozen=True)
class Line:
    """One movement. available, held: the change it made; balance: what was available after it.

    hold: for the movement that held credits for a job, what has become of them since.
    """

    txn: LedgerTxn
    text: str
    job: str
    purchase: str
    hold: Hold | None
    available: int
    held: int
    balance: int


@dataclass(frozen=True)
class Statement:
    """A page of lines, newest first; `before` begins the next page (0: this is the last)."""

    lines: list[Line]
    spent: int
    opening: int
    before: int


def statement(account: Account, before: int = 0, size: int = PAGE) -> Statement:
    """The account's movements older than sequence number `before` (0: from the newest)."""
    entries = LedgerEntry.objects.filter(txn__credit_account__account=account)
    found = movements(account)
    if before:
        found = found.filter(seq__lt=before)
        until = entries.filter(txn__seq__lt=before)
    else:
        until = entries
    rows = list(found[: size + 1])
    left = _sum(until, Book.AVAILABLE)
    holds = {
        hold.job: hold
        for hold in Hold.objects.filter(job__in=[txn.ref for txn in rows if txn.kind == "hold"])
    }
    lines = []
    for txn in rows[:size]:
        change = {entry.book: entry.amount for entry in txn.entries.all()}
        moved = change.get(Book.AVAILABLE, 0)
        hold = holds.get(txn.ref) if txn.kind == "hold" else None
        held = change.get(Book.HELD, 0)
        lines.append(Line(txn, _text(txn), _job(txn), purchase_of(txn.ref), hold, moved, held, left))
        left -= moved
    more = len(rows) > size
    return Statement(lines, _sum(entries, Book.SPENT), left, rows[size - 1].seq if more else 0)


def _sum(entries, book: LedgerEntry.Book) -> int:  # type: ignore[no-untyped-def]
    return entries.filter(book=book).aggregate(total=Sum("amount"))["total"] or 0


def _text(txn: LedgerTxn) -> str:
    if txn.kind == "grant" and txn.reason in REASONS:
        return str(REASONS[txn.reason])
    return str(KINDS.get(txn.kind, txn.kind))


def _job(txn: LedgerTxn) -> str:
    return txn.ref if txn.ref.startswith("rst_") else ""
