"""Setting credits aside for a job: within what is there, and within what the job's key may spend in a month."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from accounts.key_caps import cap_of
from accounts.models import Account, ApiKey
from billing import balance_watch, ledger
from billing.errors import KeyCapReached
from billing.models import Hold
from billing.months import start_of_month, start_of_next_month

COUNTED = (Hold.State.HELD, Hold.State.CAPTURED)


def hold(*, account: Account, job: str, api_key: ApiKey | None = None, amount: int = 1) -> Hold:
    """Hold credits for a job. Raises InsufficientCredits or KeyCapReached with nothing held.

    A key's cap counts what it spent and holds in the calendar month (UTC); released credits do not count.
    """
    lineage = api_key.lineage_id if api_key else ""
    with transaction.atomic():
        held = ledger.hold(account=account, job=job, amount=amount, key_lineage=lineage)
        # After the hold, for it took the account's lock: whatever else the key holds either counts below or
        # waits until this one has committed and counts it.
        if lineage:
            _refuse_over_cap(lineage, held)
        balance_watch.look_after_commit(account, held.credit_account.available)
        return held


def spent_by_key(lineage: str, now: datetime) -> int:
    """Credits that a key lineage spent or holds in the calendar month of `now`."""
    return spent_by_keys([lineage], now).get(lineage, 0)


def spent_by_keys(lineages: list[str], now: datetime) -> dict[str, int]:
    """The same for several, by lineage; without those that spent nothing."""
    counted = Hold.objects.filter(
        key_lineage__in=[lineage for lineage in lineages if lineage],
        created_at__gte=start_of_month(now),
        created_at__lt=start_of_next_month(now),
        state__in=COUNTED,
    )
    totals = counted.values_list("key_lineage").annotate(total=Sum("amount")).order_by()
    return dict(totals)


def _refuse_over_cap(lineage: str, held: Hold) -> None:
    cap = cap_of(lineage)
    if cap is None:
        return
    spent = spent_by_key(lineage, held.created_at)
    if spent > cap:
        raise KeyCapReached(cap, spent - held.amount, start_of_next_month(held.created_at))
