"""Our marks in the metadata of Stripe's objects: by them a payment leads back to what it was made for."""

from billing.stripe_client import StripeObject

PURCHASE = "purchase"
TOP_UP = "top_up"
REFUND_ATTEMPT = "refund_attempt"


def mark(found: StripeObject, name: str) -> str:
    """The id that an object carries under a name; empty where it carries none."""
    given = getattr(found, "metadata", None)
    return str(given.to_dict().get(name, "")) if given else ""
