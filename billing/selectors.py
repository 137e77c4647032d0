"""Reading credits and purchases."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Account
from billing.ledger import BURN_ORDER
from billing.models import Clawback, CreditAccount, CreditGrant, LedgerTxn, Purchase, is_purchase_id


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


def purchase_of(ref: str) -> str:
    """The public id of the purchase that a movement's `ref` names; empty for none."""
    # An expiry names its grant's source.
    ref = ref.removeprefix("purchase:")
    return ref if is_purchase_id(ref) else ""


def grants_left(account: Account) -> QuerySet[CreditGrant]:
    """Grants with credits that can still be spent or are held, in the order in which they are spent."""
    found = CreditGrant.objects.filter(Q(free__gt=0) | Q(held__gt=0), credit_account__account=account)
    return found.order_by(*BURN_ORDER)


def owed(account: Account) -> QuerySet[Clawback]:
    """What makes up the account's debt: purchases that were refunded or disputed after their credits were spent."""
    return Clawback.objects.filter(credit_account__account=account, grant=None, amount__gt=0).order_by("pk")


def purchases(account: Account) -> QuerySet[Purchase]:
    """The account's purchases, newest first."""
    return Purchase.objects.filter(account=account).order_by("-created_at", "-pk")
