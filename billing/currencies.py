"""The currency of an account: chosen before its first purchase, fixed by it."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account
from billing import ledger
from billing.bookings import lock
from billing.catalog import CURRENCIES
from billing.models import Purchase
from core.errors import AppError


def may_choose(account: Account) -> bool:
    """Whether nothing was paid yet, nor is about to be."""
    return not _binding(account).exists()


def choose(*, account: Account, currency: str) -> None:
    """Set the currency of the account's prices.

    Raises AppError: 422 for a currency that nothing is sold in, 409 once a purchase has fixed it.
    """
    if currency not in CURRENCIES:
        raise AppError("unknown_currency", 422, "Choose one of the currencies shown. Nothing was changed.")
    row = ledger.credit_account(account)
    with transaction.atomic():
        # A first purchase that is just being paid holds this lock while it fixes the currency.
        lock(row)
        if not may_choose(account):
            raise AppError(
                "currency_fixed",
                409,
                "The first purchase fixed this account's currency. Nothing was changed.",
            )
        Account.objects.filter(pk=account.pk).update(currency=currency)


def fix(purchase: Purchase) -> None:
    """Make the purchase's currency the account's, if it is the first; the caller holds the credits' lock."""
    paid = Purchase.objects.filter(account=purchase.account_id, fulfilled_at__isnull=False)
    if not paid.exclude(pk=purchase.pk).exists():
        Account.objects.filter(pk=purchase.account_id).update(currency=purchase.currency)


def _binding(account: Account) -> QuerySet[Purchase]:
    """Purchases that are paid, or whose payment is on its way."""
    return Purchase.objects.filter(account=account).exclude(
        fulfilled_at=None,
        state__in=[
            Purchase.State.CREATED,
            Purchase.State.OPEN,
            Purchase.State.EXPIRED,
            Purchase.State.FAILED,
        ],
    )
