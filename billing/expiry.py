"""Credits whose time is over leave the balance, whether or not anybody spends meanwhile."""

from django.utils import timezone

from billing import ledger
from billing.models import CreditAccount, CreditGrant
from core.sweeping import alone

BATCH = 1000


def lapse_due() -> int:
    """Book every grant past its expiry, account by account, each under its own lock. How many credits.

    At most BATCH accounts a call. An account that fails is left for the next call and holds up no other.
    """
    due = CreditGrant.objects.filter(free__gt=0, expires_at__lte=timezone.now())
    total = 0
    for row in CreditAccount.objects.filter(pk__in=due.values("credit_account")).order_by("?")[:BATCH]:
        with alone("lapse_failed", credit_account=row.pk):
            total += ledger.lapse(row)
    return total
