"""Taking credits back, and giving them back again, when the money for them went back or came again.

A target says how much of a purchase is taken back in all, never by how much more: news that comes twice or in
another order changes nothing. Each credit that is taken knows for which purchase, so that it returns with it;
so does each that is owed.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Account
from billing import ledger
from billing.bookings import Book, book, lock
from billing.debts import note, repay
from billing.models import Clawback, CreditAccount, CreditGrant


def granted(ref: str) -> int:
    """Credits that came with a purchase, its bonus included."""
    total: int = CreditGrant.objects.filter(ref=ref).aggregate(n=Sum("amount", default=0))["n"]
    return total


def taken_back(ref: str) -> int:
    """Credits that are taken back for a purchase, what is still owed of them included."""
    total: int = Clawback.objects.filter(ref=ref).aggregate(n=Sum("amount", default=0))["n"]
    return total


def reverse_to(*, account: Account, ref: str, target: int, reason: str) -> int:
    """Bring what is taken back for a purchase to `target` credits. By how many that changed it.

    Upwards it takes what has lapsed of the purchase, then what is free of it, then what else is free in the
    order in which it would be spent; the remainder is owed. Credits held for a job stay with the job.
    Downwards it goes the same way back; what would become free repays other debts first, and lapses where it
    has expired meanwhile. Raises ValueError for a target below 0 or above what came with the purchase.
    """
    row = ledger.credit_account(account)
    with transaction.atomic():
        ledger.lapse(row)  # an expired credit covers nothing
        # Read under the lock: two targets at once would each take the whole difference.
        owner = lock(row)
        own = list(owner.grants.filter(ref=ref).order_by(*ledger.BURN_ORDER))
        if not 0 <= target <= sum(grant.amount for grant in own):
            raise ValueError(f"{ref}: {target} credits cannot be taken back")
        change = target - taken_back(ref)
        if change > 0:
            _take(owner, own, change, ref, reason)
        elif change < 0:
            _return(owner, -change, ref, reason)
        return change


def _take(owner: CreditAccount, own: list[CreditGrant], amount: int, ref: str, reason: str) -> None:
    others = owner.grants.filter(free__gt=0).exclude(ref=ref).order_by(*ledger.BURN_ORDER)
    lapsed = _draw(ref, own, "lapsed", amount)
    free = _draw(ref, [*own, *others], "free", amount - lapsed)
    owed = amount - lapsed - free
    note(owner, ref, None, owed)
    owner.available -= free
    owner.debt += owed
    entries = {Book.REVERSED: amount, Book.EXPIRED: -lapsed, Book.AVAILABLE: -free, Book.DEBT: -owed}
    book(owner, f"reverse:{ref}:{owner.last_seq + 1}", "reverse", entries, reason=reason, ref=ref)


def _draw(ref: str, grants: Iterable[CreditGrant], part: str, wanted: int) -> int:
    """Take up to `wanted` credits out of one part of the grants, the first ones first. How many."""
    left = wanted
    for grant in grants:
        amount = min(left, getattr(grant, part))
        if amount:
            setattr(grant, part, getattr(grant, part) - amount)
            grant.reversed += amount
            grant.save(update_fields=[part, "reversed"])
            note(grant.credit_account, ref, grant, amount)
            left -= amount
    return wanted - left


def _return(owner: CreditAccount, amount: int, ref: str, reason: str) -> None:
    moved: Counter[Book] = Counter({Book.REVERSED: -amount})
    left = amount
    taken_for_it = owner.clawbacks.filter(ref=ref, amount__gt=0).select_related("grant")
    # What is owed first, then what was taken last.
    for taken in sorted(taken_for_it, key=lambda row: (row.grant is not None, -row.pk)):
        part = min(left, taken.amount)
        left -= part
        note(owner, ref, taken.grant, -part)
        if taken.grant is None:
            moved[Book.DEBT] += part
        else:
            # No credit is free while another purchase is owed for.
            handed = min(part, owner.debt - moved[Book.DEBT])
            repay(owner, taken.grant, handed)
            moved[Book.DEBT] += handed
            moved[_give_back(taken.grant, part - handed)] += part - handed
    owner.available += moved[Book.AVAILABLE]
    owner.debt -= moved[Book.DEBT]
    book(owner, f"reverse:{ref}:{owner.last_seq + 1}", "reinstate", moved, reason=reason, ref=ref)


def _give_back(grant: CreditGrant, amount: int) -> Book:
    """Credits back to their grant: to spend, or lapsed where it has expired meanwhile. Which of the two."""
    expired = grant.expires_at is not None and grant.expires_at <= timezone.now()
    grant.reversed -= amount
    if expired:
        grant.lapsed += amount
    else:
        grant.free += amount
    grant.save(update_fields=["reversed", "lapsed", "free"])
    return Book.EXPIRED if expired else Book.AVAILABLE
