"""Reading credits and purchases."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Account
from billing.models import CreditAccount, LedgerTxn, Purchase


@dataclass(frozen=True)
class Balance:
    """Credits of one account."""

    available: int
    held: int
    debt: int

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {"available": self.available, "held": self.held, "debt": self.debt}


def balance(account: Account) -> Balance:
    """The account's credits; zeros where it never had any."""
    row = CreditAccount.objects.filter(account=account).values_list("available", "held", "debt").first()
    return Balance(*(row or (0, 0, 0)))


def movements(account: Account) -> QuerySet[LedgerTxn]:
    """The account's ledger, newest first, with entries."""
    found = LedgerTxn.objects.filter(credit_account__account=account).order_by("-seq")
    return found.prefetch_related("entries")


def purchases(account: Account) -> QuerySet[Purchase]:
    """The account's purchases, newest first."""
    return Purchase.objects.filter(account=account).order_by("-created_at", "-pk")
