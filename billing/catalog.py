"""What is for sale: packs of credits, and any other number of them at the same prices."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from billing.money import format_money
from core.errors import AppError

# Whoever buys at least so many credits pays the price of that place for each, in minor units. All of an order
# has one price: no fractions of a minor unit, in currencies without decimals either.
TIERS = (10, 50, 200)
UNIT_PRICES = {"usd": (50, 40, 30), "eur": (50, 40, 30), "gbp": (45, 36, 27), "jpy": (80, 64, 48)}
CURRENCIES = tuple(UNIT_PRICES)
# The key of an order that is no pack.
CUSTOM = "custom"
FEWEST, MOST = TIERS[0], 10_000


def unit_price(credits: int, currency: str) -> int:
    """Minor units for each of so many credits. Raises ImproperlyConfigured for a currency without prices."""
    try:
        prices = UNIT_PRICES[currency]
    except KeyError:
        raise ImproperlyConfigured(
            f"No pack is priced in {currency!r}; STRIPE_CURRENCY may be one of {', '.join(sorted(UNIT_PRICES))}."
        ) from None
    return prices[sum(credits >= start for start in TIERS[1:])]


def price(credits: int, currency: str) -> int:
    """Minor units for so many credits together, before discount and tax."""
    return credits * unit_price(credits, currency)


@dataclass(frozen=True)
class Pack:
    """A number of credits under the key that orders name it by."""

    key: str
    credits: int

    @property
    def name(self) -> str:
        """In the language of whoever looks."""
        return ngettext("%(count)d credit", "%(count)d credits", self.credits) % {"count": self.credits}


PACKS = (Pack("credits_10", 10), Pack("credits_50", 50), Pack("credits_200", 200))


@dataclass(frozen=True)
class Offer:
    """A pack, or a number of credits, as an account sees it. Amounts in minor units, texts ready to show."""

    pack: Pack
    currency: str

    @property
    def amount(self) -> int:
        return price(self.pack.credits, self.currency)

    @property
    def quantity(self) -> int:
        """How often the checkout charges its price: a pack is one piece, other credits are counted."""
        return self.pack.credits if self.pack.key == CUSTOM else 1

    @property
    def item_name(self) -> str:
        """What the checkout and the invoice call one piece."""
        return _("Restoration credit") if self.pack.key == CUSTOM else self.pack.name

    @property
    def price_text(self) -> str:
        return format_money(self.amount, self.currency)

    @property
    def per_credit_text(self) -> str:
        return format_money(unit_price(self.pack.credits, self.currency), self.currency)

    @property
    def better(self) -> "Offer | None":
        """More credits for the same money or less, where the next price begins soon."""
        more = [Offer(Pack(CUSTOM, start), self.currency) for start in TIERS if start > self.pack.credits]
        return next((one for one in more if one.amount <= self.amount), None)


def currency_of(account: Account) -> str:
    """The currency that the account chose or first paid in; before that, the site's."""
    return account.currency or settings.STRIPE_CURRENCY.lower()


def offers(account: Account) -> list[Offer]:
    """The packs with this account's prices, smallest first. Raises ImproperlyConfigured (see `unit_price`)."""
    currency = currency_of(account)
    unit_price(FEWEST, currency)
    return [Offer(pack, currency) for pack in PACKS]


def offer(account: Account, pack_key: str, credits: int = 0) -> Offer:
    """One of them, or `credits` of them under the key CUSTOM.

    Raises AppError: 404 for a key that names no pack, 422 for a number of credits that is not sold.
    """
    if pack_key == CUSTOM:
        if not FEWEST <= credits <= MOST:
            raise AppError(
                "invalid_amount",
                422,
                f"Choose between {FEWEST:,} and {MOST:,} credits. Nothing was charged.",
            )
        return Offer(Pack(CUSTOM, credits), currency_of(account))
    for found in offers(account):
        if found.pack.key == pack_key:
            return found
    raise AppError(
        "unknown_pack", 404, "There is no such pack. Nothing was charged. Choose one of the packs shown."
    )
