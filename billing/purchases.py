"""What becomes of a purchase: here alone a payment at Stripe's checkout becomes credits."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from billing import currencies, ledger, mails
from billing.models import CreditGrant, Purchase
from billing.money import format_money
from billing.stripe_client import Invoice, PaymentIntent, Session, client
from billing.validity import paid_until

State = Purchase.State
# All that `settle` writes; other columns may be changing meanwhile.
SETTLED = [
    "stripe_session",
    "stripe_payment_intent",
    "state",
    "checkout_url",
    "discount",
    "tax",
    "total",
    "receipt_url",
    "invoice_url",
    "invoice_pdf",
    "paid_at",
    "fulfilled_at",
]
EXPAND = ["line_items", "payment_intent.latest_charge.balance_transaction", "invoice"]


class UnknownSession(Exception):
    """The session belongs to no purchase of ours."""


class MismatchedSession(Exception):
    """The session is not what was ordered; nothing is granted and a person has to look."""


def fulfill(session_id: str) -> Purchase:
    """Ask Stripe what became of the session and bring its purchase up to date; harmless to repeat.

    Called by webhook and landing page alike, outside a transaction. Raises StripeError, UnknownSession,
    MismatchedSession.
    """
    return settle(retrieve(session_id))


def retrieve(session_id: str) -> Session:
    """The session as Stripe has it now, with what `settle` reads. Raises StripeError."""
    return client().v1.checkout.sessions.retrieve(session_id, {"expand": EXPAND})


def settle(session: Session) -> Purchase:
    """Bring the purchase to where its session is, in one transaction: paid, pending, failed or expired.

    Credits are granted once a purchase, however often and from wherever this is called.
    """
    with transaction.atomic():
        purchase = Purchase.objects.select_for_update().filter(public_id=session.client_reference_id).first()
        if purchase is None:
            raise UnknownSession(session.id)
        _check(purchase, session)
        purchase.stripe_session = session.id
        if session.status == "complete":
            _note_terms(purchase, session)
        if not purchase.credited:
            _advance(purchase, session)
        purchase.save(update_fields=SETTLED)
        return purchase


def _advance(purchase: Purchase, session: Session) -> None:
    was = purchase.state
    if session.status == "open":
        # The answer that opened it may have been lost.
        purchase.checkout_url = session.url or ""
        purchase.state = State.OPEN if was == State.CREATED else was
    elif session.status == "expired":
        purchase.state = State.EXPIRED
    elif session.status == "complete" and session.payment_status != "unpaid":
        credit(purchase, session.payment_intent)
    elif session.status == "complete":
        purchase.state = State.FAILED if _payment_failed(session) else State.PROCESSING
    if was == State.PROCESSING and purchase.state != was:
        _tell(purchase)


def _tell(purchase: Purchase) -> None:
    """Mail how a payment ended that the customer could not wait for."""
    paid = purchase.credited
    mails.write(
        account=purchase.account,
        kind="payment_confirmed" if paid else "payment_failed",
        key=f"payment:{purchase.public_id}:{'confirmed' if paid else 'failed'}",
        context={
            "credits": purchase.credits,
            "price": format_money(
                purchase.amount if purchase.total is None else purchase.total, purchase.currency
            ),
            "purchase": purchase.public_id,
        },
    )


def _check(purchase: Purchase, session: Session) -> None:
    """Raises MismatchedSession where the session could not have come from this purchase."""
    if purchase.stripe_session not in (None, session.id):
        raise MismatchedSession(f"{purchase.public_id} has another session than {session.id}")
    if (session.amount_subtotal, session.currency) != (purchase.amount, purchase.currency):
        raise MismatchedSession(
            f"{purchase.public_id} costs {purchase.amount} {purchase.currency}, "
            f"{session.id} {session.amount_subtotal} {session.currency}"
        )
    items = session.line_items.data if session.line_items else []
    if [item.quantity for item in items] != [purchase.quantity]:
        raise MismatchedSession(f"{session.id} does not sell {purchase.quantity} of {purchase.pack}")


def _note_terms(purchase: Purchase, session: Session) -> None:
    """What a complete checkout came to, and the papers that exist about it so far."""
    purchase.total = session.amount_total
    if session.total_details is not None:
        purchase.discount = session.total_details.amount_discount
        purchase.tax = session.total_details.amount_tax
    _note_payment(purchase, session.payment_intent)
    if session.invoice is not None and not isinstance(session.invoice, str):
        link_invoice(purchase, session.invoice)


def link_invoice(purchase: Purchase, invoice: Invoice) -> None:
    """Keep where the invoice is read; Stripe makes it a moment after the payment."""
    purchase.invoice_url = invoice.hosted_invoice_url or purchase.invoice_url
    purchase.invoice_pdf = invoice.invoice_pdf or purchase.invoice_pdf


def _note_payment(purchase: Purchase, intent: PaymentIntent | str | None) -> None:
    # A promotion code that takes off everything leaves nothing to pay, and no PaymentIntent.
    if intent is None or isinstance(intent, str):
        return
    purchase.stripe_payment_intent = intent.id
    charge = intent.latest_charge
    # A debit's charge is there from the first day, and pending.
    if charge is not None and not isinstance(charge, str) and charge.status == "succeeded":
        purchase.receipt_url = charge.receipt_url or purchase.receipt_url
        # The balance has a late payment from the day it came; Stripe may be a moment late with that, too.
        booked = charge.balance_transaction
        paid_at = charge.created if booked is None or isinstance(booked, str) else booked.created
        purchase.paid_at = datetime.fromtimestamp(paid_at, UTC)


def credit(purchase: Purchase, intent: PaymentIntent | str | None) -> None:
    """Grant what was paid for and note the payment; the caller holds the purchase's lock and saves it.

    `intent`: with its latest charge expanded; None where nothing had to be paid.
    """
    _note_payment(purchase, intent)
    if purchase.total is None and intent is not None and not isinstance(intent, str):
        purchase.total = intent.amount
    now = timezone.now()
    ledger.grant(
        account=purchase.account,
        amount=purchase.credits,
        kind=CreditGrant.Kind.PAID,
        source=f"purchase:{purchase.public_id}",
        reason="purchase",
        ref=purchase.public_id,
        expires_at=paid_until(now),
    )
    currencies.fix(purchase)
    purchase.state = State.FULFILLED
    purchase.fulfilled_at = now


def _payment_failed(session: Session) -> bool:
    """Whether a payment method that answers late has said no."""
    intent = session.payment_intent
    return not (intent is None or isinstance(intent, str)) and intent.status in {
        "requires_payment_method",
        "canceled",
    }
