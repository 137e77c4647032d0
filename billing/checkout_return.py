"""The customer comes back from Stripe's page, having paid or not. The address alone proves nothing."""

import structlog

from accounts.models import Account
from billing.models import Purchase
from billing.purchases import MismatchedSession, UnknownSession, fulfill
from billing.stripe_client import InvalidRequestError, StripeError, client
from core.errors import AppError

log = structlog.get_logger(__name__)


def settle_landing(*, account: Account, session_id: str) -> Purchase:
    """The purchase of a session, as Stripe has it now.

    Raises AppError (404) for a session that is not this account's, before Stripe is asked. When Stripe does
    not answer, the purchase comes back as it was: the webhook will bring the credits.
    """
    purchase = Purchase.objects.filter(account=account, stripe_session=session_id).first()
    if purchase is None:
        raise _not_found()
    if purchase.credited:
        return purchase
    try:
        return fulfill(session_id)
    except (StripeError, UnknownSession, MismatchedSession) as exc:
        log.warning("landing_not_settled", purchase=purchase.public_id, error=str(exc))
        return purchase


def returned_unpaid(*, account: Account, public_id: str) -> Purchase:
    """The purchase that the customer turned back from; its page stays open. Raises AppError (404)."""
    purchase = Purchase.objects.filter(account=account, public_id=public_id).first()
    if purchase is None:
        raise _not_found()
    return purchase


def cancel_checkout(*, account: Account, public_id: str) -> Purchase:
    """Close an open checkout for good; if it was paid meanwhile, the credits are granted instead.

    Raises AppError: 404 for another account's purchase, 503 when Stripe cannot be reached.
    """
    purchase = returned_unpaid(account=account, public_id=public_id)
    if purchase.state not in Purchase.UNFINISHED or not purchase.stripe_session:
        return purchase
    try:
        try:
            client().v1.checkout.sessions.expire(purchase.stripe_session)
        except InvalidRequestError:
            pass  # paid or expired already: what Stripe has now decides
        return fulfill(purchase.stripe_session)
    except StripeError as exc:
        raise AppError(
            "payment_unavailable",
            503,
            "The checkout could not be closed just now. You were not charged. Try again in a minute.",
            retry_after=60,
        ) from exc


def _not_found() -> AppError:
    return AppError("not_found", 404, "There is no such purchase in your account. Nothing was charged.")
