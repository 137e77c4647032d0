"""Stripe's own page where a customer sees invoices and saved cards."""

import structlog

from accounts.models import Account
from billing.stripe_client import StripeError, client
from core.errors import AppError

log = structlog.get_logger(__name__)


def open_portal(*, account: Account, return_url: str) -> str:
    """A short-lived address of the portal for this account's own customer.

    Raises AppError: 409 where Stripe has no customer, as before the first purchase; 503 when Stripe cannot be
    reached. Call it outside a transaction.
    """
    if not account.stripe_customer:
        raise _nothing_yet()
    try:
        made = client().v1.billing_portal.sessions.create(
            {"customer": account.stripe_customer, "return_url": return_url}
        )
    except StripeError as exc:
        # Deleted at Stripe: the next purchase makes another one.
        if exc.code == "resource_missing":
            raise _nothing_yet() from exc
        log.warning("portal_not_opened", account=account.public_id, error=type(exc).__name__, code=exc.code)
        raise AppError(
            "portal_unavailable",
            503,
            "The page could not be opened. Nothing was changed. Try again in a minute.",
            retry_after=60,
        ) from exc
    return made.url


def _nothing_yet() -> AppError:
    return AppError("no_customer", 409, "There is nothing to manage yet. It begins with your next purchase.")
