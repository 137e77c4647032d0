"""For which purchase credits were taken, and for which some are owed. Callers hold the account's lock."""

from billing.models import Clawback, CreditAccount, CreditGrant


def note(owner: CreditAccount, ref: str, grant: CreditGrant | None, amount: int) -> None:
    """`amount` more credits of the grant (None: of nobody yet, they are owed) are taken for the purchase."""
    row, _ = Clawback.objects.get_or_create(credit_account=owner, ref=ref, grant=grant)
    row.amount += amount
    row.save(update_fields=["amount"])


def repay(owner: CreditAccount, grant: CreditGrant, amount: int) -> None:
    """`amount` credits of the grant pay what is owed, the oldest first; `owner.debt` covers them."""
    if not amount:
        return
    left = amount
    for owed in owner.clawbacks.filter(grant=None, amount__gt=0).order_by("pk"):
        part = min(left, owed.amount)
        if part:
            note(owner, owed.ref, None, -part)
            note(owner, owed.ref, grant, part)
            left -= part
    if left:
        raise AssertionError(f"credit account {owner.pk}: its debt exceeds what is owed by {left}")
