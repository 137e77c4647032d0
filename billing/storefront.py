"""What the page that sells credits shows."""

from dataclasses import dataclass

from accounts.models import Account
from billing.catalog import CURRENCIES, FEWEST, MOST, Offer, currency_of, offers
from billing.currencies import may_choose


@dataclass(frozen=True)
class Storefront:
    """The packs, the limits of any other number, and the currencies to choose from (none: it is fixed)."""

    offers: list[Offer]
    fewest: int
    most: int
    currency: str
    currencies: tuple[str, ...]


def storefront(account: Account) -> Storefront:
    """As this account sees it."""
    return Storefront(
        offers(account), FEWEST, MOST, currency_of(account), CURRENCIES if may_choose(account) else ()
    )
