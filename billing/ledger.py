"""The movements of credits: grant, hold, capture, release, lapse. `clawback` has the one that takes back.

Each movement is one append-only transaction whose entries sum to zero, chained by hash per credit account,
and a no-op when its cause was booked before. Callers wrap a movement and what it pays for in one database
transaction; nothing here talks to the outside.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from billing.bookings import Book, book, lock
from billing.debts import repay
from billing.errors import InsufficientCredits
from billing.models import CreditAccount, CreditGrant, Hold, HoldAllocation

PRIORITY = {
    CreditGrant.Kind.TRIAL: 10,
    CreditGrant.Kind.PROMO: 20,
    CreditGrant.Kind.ADJUST: 30,
    CreditGrant.Kind.PAID: 50,
}
# Which grant is spent first: by priority, earliest expiry (never expiring last), oldest.
BURN_ORDER = (F("priority"), F("expires_at").asc(nulls_last=True), F("created_at"), F("pk"))


def credit_account(account: Account) -> CreditAccount:
    """The account's credit row, made on first use."""
    return CreditAccount.objects.get_or_create(account=account)[0]


def grant(
    *,
    account: Account,
    amount: int,
    kind: CreditGrant.Kind,
    source: str,
    reason: str = "",
    ref: str = "",
    expires_at: datetime | None = None,
) -> bool:
    """Move credits in. `source` names what they came from; the same source grants once. Whether it did now.

    A debt is repaid first. `ref`: the purchase they came with, all of whose grants are reversed together.
    """
    if amount <= 0:
        raise ValueError(f"a grant of {amount} credits; it must be positive")
    row = credit_account(account)
    with transaction.atomic():
        owner = lock(row)
        repaid = min(owner.debt, amount)
        # The lock is this account's; the same source may come for another one at the same moment.
        made, new = CreditGrant.objects.get_or_create(
            source=source,
            defaults={
                "credit_account": owner,
                "kind": kind,
                "ref": ref,
                "amount": amount,
                "free": amount - repaid,
                "reversed": repaid,
                "priority": PRIORITY[kind],
                "expires_at": expires_at,
            },
        )
        if not new:
            return False
        repay(owner, made, repaid)
        owner.available += amount - repaid
        owner.debt -= repaid
        entries = {Book.ISSUED: -amount, Book.AVAILABLE: amount - repaid, Book.DEBT: repaid}
        book(owner, f"grant:{source}", "grant", entries, reason=reason or kind, ref=ref)
        return True


def hold(*, account: Account, job: str, amount: int = 1, key_lineage: str = "") -> Hold:
    """Set `amount` credits aside for a job, or raise InsufficientCredits with nothing changed.

    Leaves the account locked until the caller's transaction ends.
    """
    row = credit_account(account)
    _lapse_due(row)
    with transaction.atomic():
        # Check and change in one statement: it is the lock, and whoever comes second sees what is left.
        updated = CreditAccount.objects.filter(pk=row.pk, available__gte=amount, debt=0).update(
            available=F("available") - amount, held=F("held") + amount
        )
        row.refresh_from_db()
        if not updated:
            raise InsufficientCredits(amount, row.available, row.debt)
        held = Hold.objects.create(credit_account=row, job=job, amount=amount, key_lineage=key_lineage)
        _allocate(row, held)
        book(row, f"hold:{job}", "hold", {Book.AVAILABLE: -amount, Book.HELD: amount}, ref=job)
        return held


def capture(*, job: str) -> bool:
    """Spend what was held for the job. Whether this call did it: settled holds stay as they are."""
    return _settle(job, Hold.State.CAPTURED)


def release(*, job: str, reason: str) -> bool:
    """Give back what was held for the job. Whether this call did it: settled holds stay as they are."""
    return _settle(job, Hold.State.RELEASED, reason)


def lapse(row: CreditAccount, *, now: datetime | None = None) -> int:
    """Book grants past their expiry from available to expired. How many credits."""
    now = now or timezone.now()
    with transaction.atomic():
        owner = lock(row)
        total = 0
        for due in CreditGrant.objects.filter(credit_account=owner, free__gt=0, expires_at__lte=now).order_by(
            "pk"
        ):
            total += due.free
            amount, due.lapsed, due.free = due.free, due.lapsed + due.free, 0
            due.save(update_fields=["lapsed", "free"])
            owner.available -= amount
            entries = {Book.AVAILABLE: -amount, Book.EXPIRED: amount}
            book(owner, f"lapse:{due.pk}:{owner.last_seq + 1}", "expire", entries, ref=due.source)
        return total


def _lapse_due(row: CreditAccount) -> None:
    if row.grants.filter(free__gt=0, expires_at__lte=timezone.now()).exists():
        lapse(row)


def _allocate(row: CreditAccount, held: Hold) -> None:
    """Draw the hold on grants in the order in which they are spent."""
    missing = held.amount
    for source in row.grants.filter(free__gt=0).order_by(*BURN_ORDER):
        part = min(missing, source.free)
        source.free -= part
        source.held += part
        source.save(update_fields=["free", "held"])
        HoldAllocation.objects.create(hold=held, grant=source, amount=part)
        missing -= part
        if not missing:
            return
    raise AssertionError(f"credit account {row.pk}: available exceeds its grants by {missing}")


def _settle(job: str, state: Hold.State, reason: str = "") -> bool:
    with transaction.atomic():
        found = Hold.objects.select_related("credit_account").filter(job=job, state=Hold.State.HELD).first()
        if found is None:
            return False
        owner = lock(found.credit_account)
        # Only the first to change the state goes on; it was read before the lock and may be old.
        if not Hold.objects.filter(pk=found.pk, state=Hold.State.HELD).update(
            state=state, settled_at=timezone.now()
        ):
            return False
        owner.held -= found.amount
        if state == Hold.State.CAPTURED:
            _spend(found)
            entries = {Book.HELD: -found.amount, Book.SPENT: found.amount}
            book(owner, f"capture:{job}", "capture", entries, ref=job)
            return True
        repaid = min(owner.debt, found.amount)
        _free(owner, found, repaid)
        owner.available += found.amount - repaid
        owner.debt -= repaid
        entries = {Book.HELD: -found.amount, Book.AVAILABLE: found.amount - repaid, Book.DEBT: repaid}
        book(owner, f"release:{job}", "release", entries, reason=reason, ref=job)
        _lapse_due(owner)  # a grant may have expired while its credits were held
    return True


def _spend(settled: Hold) -> None:
    for part in settled.allocations.select_related("grant"):
        part.grant.held -= part.amount
        part.grant.spent += part.amount
        part.grant.save(update_fields=["held", "spent"])


def _free(owner: CreditAccount, settled: Hold, repaid: int) -> None:
    """Credits back to their grants, but for what repays a debt that arose while they were held."""
    for part in settled.allocations.select_related("grant").order_by("pk"):
        owed = min(repaid, part.amount)
        repaid -= owed
        part.grant.held -= part.amount
        part.grant.reversed += owed
        part.grant.free += part.amount - owed
        part.grant.save(update_fields=["held", "reversed", "free"])
        repay(owner, part.grant, owed)
