"""What is for sale: three packs of credits."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import ngettext

from accounts.models import Account
from billing.money import format_money
from core.errors import AppError


@dataclass(frozen=True)
class Pack:
    """A number of credits and its price in minor units of each currency it is sold in."""

    key: str
    credits: int
    prices: Mapping[str, int]

    @property
    def name(self) -> str:
        """In the language of whoever looks."""
        return ngettext("%(count)d credit", "%(count)d credits", self.credits) % {"count": self.credits}

    def price(self, currency: str) -> int:
        """Minor units. Raises ImproperlyConfigured for a currency that has no price."""
        try:
            return self.prices[currency]
        except KeyError:
            raise ImproperlyConfigured(
                f"No pack is priced in {currency!r}; STRIPE_CURRENCY may be one of {', '.join(sorted(self.prices))}."
            ) from None


PACKS = (
    Pack("credits_10", 10, {"usd": 500, "eur": 500, "gbp": 450, "jpy": 800}),
    Pack("credits_50", 50, {"usd": 2000, "eur": 2000, "gbp": 1800, "jpy": 3200}),
    Pack("credits_200", 200, {"usd": 6000, "eur": 6000, "gbp": 5400, "jpy": 9600}),
)


@dataclass(frozen=True)
class Offer:
    """A pack as an account sees it. `amount` and `per_credit` in minor units; the texts are ready to show."""

    pack: Pack
    currency: str
    amount: int

    @property
    def price_text(self) -> str:
        return format_money(self.amount, self.currency)

    @property
    def per_credit_text(self) -> str:
        return format_money(round(self.amount / self.pack.credits), self.currency)


def currency_of(account: Account) -> str:
    """The currency of the account's first purchase; before it, the site's."""
    return account.currency or settings.STRIPE_CURRENCY.lower()


def offers(account: Account) -> list[Offer]:
    """The packs with this account's prices, smallest first."""
    currency = currency_of(account)
    return [Offer(pack, currency, pack.price(currency)) for pack in PACKS]


def offer(account: Account, pack_key: str) -> Offer:
    """One of them. Raises AppError (404) for a key that names no pack."""
    for found in offers(account):
        if found.pack.key == pack_key:
            return found
    raise AppError(
        "unknown_pack", 404, "There is no such pack. Nothing was charged. Choose one of the packs shown."
    )
