"""Where a purchase's invoice and receipt are read: at Stripe, whose links end after 30 days."""

from typing import Literal

import structlog

from accounts.models import Account
from billing.models import Purchase
from billing.stripe_client import StripeError, client
from core.errors import AppError

log = structlog.get_logger(__name__)
Kind = Literal["invoice", "pdf", "receipt"]
FIELDS: dict[Kind, str] = {"invoice": "invoice_url", "pdf": "invoice_pdf", "receipt": "receipt_url"}


def address(*, account: Account, public_id: str, kind: Kind) -> str:
    """A link that works now; the one that was noted with the payment where Stripe does not answer.

    Raises AppError (404) for another account's purchase, or one without that paper.
    """
    purchase = Purchase.objects.filter(account=account, public_id=public_id).first()
    noted: str = getattr(purchase, FIELDS[kind], "")
    if purchase is None or not noted:
        raise AppError("not_found", 404, "There is no such paper in your account.")
    try:
        return (_receipt(purchase) if kind == "receipt" else _invoice(purchase, kind)) or noted
    except StripeError as exc:
        log.warning("paper_not_refreshed", purchase=purchase.public_id, error=type(exc).__name__)
        return noted


def _receipt(purchase: Purchase) -> str | None:
    intent = client().v1.payment_intents.retrieve(
        purchase.stripe_payment_intent or "", {"expand": ["latest_charge"]}
    )
    charge = intent.latest_charge
    return None if charge is None or isinstance(charge, str) else charge.receipt_url


def _invoice(purchase: Purchase, kind: Kind) -> str | None:
    session = client().v1.checkout.sessions.retrieve(purchase.stripe_session or "", {"expand": ["invoice"]})
    invoice = session.invoice
    if invoice is None or isinstance(invoice, str):
        return None
    return invoice.invoice_pdf if kind == "pdf" else invoice.hosted_invoice_url
