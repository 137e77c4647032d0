"""What is done about which Stripe event: a row a type.

`fetch` is given the object in the event, for its ids alone, and asks Stripe what is true now; it runs outside
any transaction. `apply` writes that down, in the transaction that marks the event, and returns a note for the
operator. Both may be repeated and must not mind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from billing import invoices, purchases, reversals, top_up_payments
from billing.errors import NotOurs
from billing.models import is_purchase_id
from billing.standings import standing_of
from billing.stripe_client import PaymentIntent, Session


@dataclass(frozen=True)
class Handler:
    """How an event of some types is processed."""

    fetch: Callable[[dict[str, Any]], Any]
    apply: Callable[[Any], str]


def fetch_session(subject: dict[str, Any]) -> Session:
    return purchases.retrieve(subject["id"])


def apply_session(session: Session) -> str:
    if not is_purchase_id(session.client_reference_id):
        raise NotOurs("a session that this site did not open")
    purchases.settle(session)
    return ""


def fetch_payment(subject: dict[str, Any]) -> PaymentIntent:
    return top_up_payments.retrieve(subject["id"])


def apply_payment(intent: PaymentIntent) -> str:
    if not top_up_payments.mark_of(intent):
        raise NotOurs("a payment of a checkout, whose session tells of it")
    top_up_payments.settle(intent)
    return ""


CHECKOUT = Handler(fetch_session, apply_session)
REVERSAL = Handler(standing_of, reversals.apply)
INVOICE = Handler(invoices.fetch, invoices.apply)
TOP_UP = Handler(fetch_payment, apply_payment)

HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": CHECKOUT,
    "checkout.session.async_payment_succeeded": CHECKOUT,
    "checkout.session.async_payment_failed": CHECKOUT,
    "checkout.session.expired": CHECKOUT,
    "invoice.paid": INVOICE,
    "refund.created": REVERSAL,
    "refund.updated": REVERSAL,
    "refund.failed": REVERSAL,
    "charge.refunded": REVERSAL,
    "charge.refund.updated": REVERSAL,
    "charge.dispute.created": REVERSAL,
    "charge.dispute.updated": REVERSAL,
    "charge.dispute.closed": REVERSAL,
    "charge.dispute.funds_withdrawn": REVERSAL,
    "charge.dispute.funds_reinstated": REVERSAL,
    "payment_intent.succeeded": TOP_UP,
    "payment_intent.payment_failed": TOP_UP,
    "payment_intent.canceled": TOP_UP,
}
