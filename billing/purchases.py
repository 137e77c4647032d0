"""Buying credits: checkout starts here, and here alone a payment becomes credits."""

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Account, User
from billing import catalog, ledger
from billing.customers import ensure_customer
from billing.models import CreditGrant, Purchase
from billing.stripe_client import (
    APIConnectionError,
    InvalidRequestError,
    RateLimitError,
    Session,
    SessionCreateParams,
    StripeError,
    client,
)
from core.errors import AppError

log = structlog.get_logger(__name__)
State = Purchase.State

# Where Stripe sends the customer back to, behind the `base_url` that `start_checkout` is given.
SUCCESS_PATH = "/billing/checkout/done?session_id={CHECKOUT_SESSION_ID}"
CANCEL_PATH = "/billing/checkout/canceled?purchase={purchase}"
EXPAND = ["line_items", "payment_intent.latest_charge"]


class UnknownSession(Exception):
    """The session belongs to no purchase of ours."""


class MismatchedSession(Exception):
    """The session is not what was ordered; nothing is granted and a person has to look."""


def start_checkout(*, account: Account, user: User, pack_key: str, base_url: str) -> Purchase:
    """Order a pack and open Stripe's hosted page for it; send the customer to `purchase.checkout_url`.

    `base_url`: scheme and host that the customer returns to. Raises AppError: 404 for an unknown pack, 503
    when Stripe cannot be reached. Call it outside a transaction.
    """
    offer = catalog.offer(account, pack_key)
    purchase = Purchase.objects.create(
        account=account,
        pack=offer.pack.key,
        credits=offer.pack.credits,
        amount=offer.amount,
        currency=offer.currency,
    )
    try:
        session = _open_session(purchase, user, offer.pack.name, base_url)
    except StripeError as exc:
        log.warning(
            "checkout_not_opened", purchase=purchase.public_id, error=type(exc).__name__, code=exc.code
        )
        # Without an answer the session may exist all the same: the row stays as it is, to be found by it.
        if not isinstance(exc, APIConnectionError | RateLimitError) and (exc.http_status or 500) < 500:
            Purchase.objects.filter(pk=purchase.pk, state=State.CREATED).update(state=State.FAILED)
        raise AppError(
            "payment_unavailable",
            503,
            "The payment page could not be opened. You were not charged. Try again in a minute.",
            retry_after=60,
        ) from exc
    # Only forward: a webhook may already have moved it on.
    Purchase.objects.filter(pk=purchase.pk, state=State.CREATED).update(state=State.OPEN)
    Purchase.objects.filter(pk=purchase.pk).update(stripe_session=session.id, checkout_url=session.url or "")
    purchase.refresh_from_db()
    return purchase


def _open_session(purchase: Purchase, user: User, name: str, base_url: str) -> Session:
    account = purchase.account
    customer = ensure_customer(account=account, user=user)
    try:
        return _create_session(purchase, customer, name, base_url, f"purchase:{purchase.public_id}")
    except InvalidRequestError as exc:
        if exc.code != "resource_missing" or exc.param != "customer":
            raise
    # A customer deleted at Stripe: a definitive refusal, so another key is due.
    customer = ensure_customer(account=account, user=user, instead_of=customer)
    return _create_session(purchase, customer, name, base_url, f"purchase:{purchase.public_id}:{customer}")


def _create_session(purchase: Purchase, customer: str, name: str, base_url: str, key: str) -> Session:
    marks = {"purchase": purchase.public_id, "account": purchase.account.public_id}
    order: SessionCreateParams = {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": purchase.public_id,
        "line_items": [
            {
                "price_data": {
                    "currency": purchase.currency,
                    "unit_amount": purchase.amount,
                    "product_data": {"name": name},
                },
                "quantity": 1,
            }
        ],
        "metadata": {**marks},
        "payment_intent_data": {"description": name, "metadata": {**marks}},
        "success_url": base_url.rstrip("/") + SUCCESS_PATH,
        "cancel_url": base_url.rstrip("/") + CANCEL_PATH.format(purchase=purchase.public_id),
    }
    return client().v1.checkout.sessions.create(order, {"idempotency_key": key})


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
        if purchase.state == State.FULFILLED:
            return purchase
        purchase.stripe_session = session.id
        if session.status == "complete" and session.payment_status != "unpaid":
            _grant(purchase, session)
        elif session.status == "complete":
            purchase.state = State.FAILED if _payment_failed(session) else State.PROCESSING
        elif session.status == "expired":
            purchase.state = State.EXPIRED
        purchase.save()
        return purchase


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
    if [item.quantity for item in items] != [1]:
        raise MismatchedSession(f"{session.id} does not sell one pack")


def _grant(purchase: Purchase, session: Session) -> None:
    ledger.grant(
        account=purchase.account,
        amount=purchase.credits,
        kind=CreditGrant.Kind.PAID,
        source=f"purchase:{purchase.public_id}",
        reason="purchase",
        ref=purchase.public_id,
    )
    Account.objects.filter(pk=purchase.account_id, currency="").update(currency=purchase.currency)
    intent = session.payment_intent
    if intent is not None and not isinstance(intent, str):
        purchase.stripe_payment_intent = intent.id
        charge = intent.latest_charge
        if charge is not None and not isinstance(charge, str):
            purchase.receipt_url = charge.receipt_url or ""
    purchase.state = State.FULFILLED
    purchase.fulfilled_at = timezone.now()


def _payment_failed(session: Session) -> bool:
    """Whether a payment method that answers late has said no."""
    intent = session.payment_intent
    return not (intent is None or isinstance(intent, str)) and intent.status in {
        "requires_payment_method",
        "canceled",
    }
