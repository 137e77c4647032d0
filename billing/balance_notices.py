"""The low-balance mail: once when the balance falls below the customer's threshold, again only after it rose."""

from itertools import accumulate

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Account
from billing import ledger, mails
from billing.bookings import lock
from billing.models import BalanceNotice, CreditAccount, LedgerEntry
from core.errors import AppError
from core.sweeping import alone

MOST = 1_000_000


def set_threshold(*, account: Account, threshold: int | None) -> None:
    """Mail when fewer credits than this are available; None: never.

    A balance that is below already counts as said: the customer is looking at it. Raises AppError (400)
    for a threshold outside 1 to 1,000,000.
    """
    if threshold is None:
        BalanceNotice.objects.filter(account=account).delete()
        return
    if not 1 <= threshold <= MOST:
        raise AppError("invalid_threshold", 400, f"The threshold must lie between 1 and {MOST} credits.")
    with transaction.atomic():
        row = lock(ledger.credit_account(account))
        BalanceNotice.objects.update_or_create(
            account=account,
            defaults={
                "threshold": threshold,
                "below": row.available < threshold,
                "seen_seq": row.last_seq,
            },
        )


def observe(account: Account) -> bool:
    """Look at the balance, and write the mail where it has fallen below the threshold. Whether it was written."""
    with transaction.atomic():
        # Locked, so that of two who look at once one writes and the other sees that it was written.
        row = lock(ledger.credit_account(account))
        notice = BalanceNotice.objects.filter(account=account).first()
        if notice is None:
            return False
        low = row.available < notice.threshold
        due = low and (not notice.below or _rose(row, notice))
        if due:
            mails.write(
                account=account,
                kind="low_balance",
                key=f"low_balance:{account.public_id}:{row.last_seq}",
                context={"available": row.available, "threshold": notice.threshold},
            )
        notice.below, notice.seen_seq = low, row.last_seq
        notice.save(update_fields=["below", "seen_seq"])
        return due


def sweep() -> int:
    """
    Look at balances that moved unseen: hints get lost, and credits also expire. How many mails.

    500 at most, none left out for ever; one that fails keeps none of the others waiting.
    """
    moved = BalanceNotice.objects.exclude(seen_seq=F("account__credit_account__last_seq")).filter(
        Q(below=True) | Q(threshold__gt=F("account__credit_account__available"))
    )
    written = 0
    for notice in moved.select_related("account").order_by("?")[:500]:
        with alone("balance_notice_failed", account_id=notice.account.public_id):
            written += observe(notice.account)
    return written


def _rose(row: CreditAccount, notice: BalanceNotice) -> bool:
    """Whether the balance stood at the threshold or above between the last look and now."""
    entries = LedgerEntry.objects.filter(
        txn__credit_account=row, txn__seq__gt=notice.seen_seq, book=LedgerEntry.Book.AVAILABLE
    )
    changes = list(entries.order_by("txn__seq").values_list("amount", flat=True))
    before = row.available - sum(changes)
    return any(stood >= notice.threshold for stood in accumulate(changes, initial=before))
