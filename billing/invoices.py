"""Invoices: Stripe makes them a moment after a payment, maybe after its purchase was settled."""

from typing import Any

from billing import marks
from billing.errors import NotOurs
from billing.models import Purchase
from billing.purchases import link_invoice
from billing.stripe_client import Invoice, client


def fetch(subject: dict[str, Any]) -> Invoice:
    """The invoice of an event as Stripe has it now. Raises StripeError."""
    return client().v1.invoices.retrieve(subject["id"])


def apply(invoice: Invoice) -> str:
    """Keep where the invoice of a purchase is read; the caller holds a transaction. Raises NotOurs."""
    bought = marks.mark(invoice, marks.PURCHASE)
    purchase = Purchase.objects.select_for_update().filter(public_id=bought).first()
    if purchase is None:
        raise NotOurs("an invoice of no purchase here")
    link_invoice(purchase, invoice)
    purchase.save(update_fields=["invoice_url", "invoice_pdf"])
    return ""
