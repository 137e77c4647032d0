"""The cards that a customer keeps at Stripe; asked of Stripe each time, none of it stored here."""

from dataclasses import dataclass

from accounts.models import Account
from billing.stripe_client import InvalidRequestError, client

BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}


@dataclass(frozen=True)
class SavedCard:
    """A card by Stripe's id, with what may be shown of it."""

    id: str
    brand: str
    last4: str
    expires: str

    @property
    def name(self) -> str:
        return f"{self.brand} …{self.last4}"


def saved_cards(account: Account) -> list[SavedCard]:
    """The account's cards, newest first; none before its first purchase. Raises StripeError."""
    if not account.stripe_customer:
        return []
    try:
        found = client().v1.payment_methods.list({"customer": account.stripe_customer, "type": "card"})
    except InvalidRequestError as exc:
        if exc.code == "resource_missing":  # the customer was deleted at Stripe, and its cards with it
            return []
        raise
    return [
        SavedCard(
            id=method.id,
            brand=BRANDS.get(method.card.brand, method.card.brand.title()),
            last4=method.card.last4 or "",
            expires=f"{method.card.exp_month:02d}/{method.card.exp_year}",
        )
        for method in found.data
        if method.card is not None
    ]
