"""Ordering credits: a purchase is written down, then Stripe opens its hosted page for it."""

import structlog

from accounts.models import Account, User
from billing import catalog
from billing.checkout_order import order
from billing.customers import ensure_customer
from billing.models import Purchase
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


def start_checkout(
    *,
    account: Account,
    user: User,
    pack_key: str,
    base_url: str,
    credits: int = 0,
    save_card: bool = False,
) -> Purchase:
    """Order a pack and open Stripe's hosted page for it; send the customer to `purchase.checkout_url`.

    `credits`: how many, where `pack_key` is `catalog.CUSTOM`. `base_url`: scheme and host that the customer
    returns to. `save_card`: the customer agreed that the card is kept and charged later without them. Raises
    AppError: 404 for an unknown pack, 422 for a number that is not sold, 503 when Stripe cannot be reached.
    Call it outside a transaction.
    """
    offer = catalog.offer(account, pack_key, credits)
    purchase = Purchase.objects.create(
        account=account,
        pack=offer.pack.key,
        credits=offer.pack.credits,
        quantity=offer.quantity,
        amount=offer.amount,
        currency=offer.currency,
    )
    return open_page(
        purchase=purchase, user=user, name=offer.item_name, base_url=base_url, save_card=save_card
    )


def open_page(*, purchase: Purchase, user: User, name: str, base_url: str, save_card: bool) -> Purchase:
    """Stripe's page for what was ordered; repeating it finds the same page. See `start_checkout`."""
    try:
        session = _open_session(purchase, user, order(purchase, name, base_url, save_card=save_card))
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


def _open_session(purchase: Purchase, user: User, wanted: SessionCreateParams) -> Session:
    account = purchase.account
    customer = ensure_customer(account=account, user=user)
    key = f"purchase:{purchase.public_id}"
    try:
        return _create_session(wanted, customer, key)
    except InvalidRequestError as exc:
        if exc.code != "resource_missing" or exc.param != "customer":
            raise
    # A customer deleted at Stripe: a definitive refusal, so another key is due.
    customer = ensure_customer(account=account, user=user, instead_of=customer)
    return _create_session(wanted, customer, f"{key}:{customer}")


def _create_session(wanted: SessionCreateParams, customer: str, key: str) -> Session:
    return client().v1.checkout.sessions.create({**wanted, "customer": customer}, {"idempotency_key": key})
