"""Who wants to know that a balance fell: the low-balance mail and the automatic top-up."""

from django.db import transaction

from accounts.models import Account
from billing.models import BalanceNotice, TopUpRule
from core import hints


def look_after_commit(account: Account, available: int) -> None:
    """Have a worker look once the caller's transaction is committed, where the balance is under a threshold."""
    transaction.on_commit(lambda: _hint(account, available), robust=True)


def _hint(account: Account, available: int) -> None:
    from billing.tasks import watch_balance_task  # tasks import the services, which import this

    rules = TopUpRule.objects.filter(account=account, enabled=True, consent__threshold__gt=available)
    if rules.exists() or BalanceNotice.objects.filter(account=account, threshold__gt=available).exists():
        hints.send(watch_balance_task, account.pk)
