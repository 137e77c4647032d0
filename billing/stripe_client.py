"""The one door to Stripe: the client with its retries and timeouts, and the check of what comes in."""

import json
import re
import time
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from stripe import (
    APIConnectionError,
    CardError,
    Charge,
    Dispute,
    InvalidRequestError,
    Invoice,
    PaymentIntent,
    RateLimitError,
    Refund,
    StripeError,
    StripeObject,
)
from stripe.checkout import Session
from stripe.params.checkout import SessionCreateParams

__all__ = [
    "APIConnectionError",
    "CardError",
    "Charge",
    "Dispute",
    "InvalidRequestError",
    "Invoice",
    "PaymentIntent",
    "RateLimitError",
    "Refund",
    "Session",
    "SessionCreateParams",
    "StripeError",
    "StripeObject",
]

API_VERSION = "2026-10-28.endive"
CONNECT_S, READ_S = 3, 10
RETRIES = 2
TOLERANCE_S = 300


class InvalidSignature(Exception):
    """The body was not signed by Stripe with one of our secrets, or not now."""


class UnsupportedVersion(Exception):
    """The event was rendered by another API version than this code reads."""


def client() -> stripe.StripeClient:
    """The client for the configured key and address; one a process."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=8)
def _client(key: str, api_base: str) -> stripe.StripeClient:
    # Left to itself this client repeats nothing and waits 80 s.
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=(CONNECT_S, READ_S)),
    )


def verified_event(payload: bytes, header: str) -> dict[str, Any]:
    """The event in a webhook's raw body.

    Any of STRIPE_WEBHOOK_SECRETS may have signed it, so that a secret can be rotated. Raises InvalidSignature
    for a wrong signature and for a timestamp more than 300 s away, past or future; UnsupportedVersion for an
    event that another API version rendered.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(payload, header, secret, TOLERANCE_S)
            break
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
    else:
        raise InvalidSignature("no secret of ours made this signature within the last 300 s")
    # The library lets timestamps of the future through: a signature made ahead could be replayed for years.
    stamp = re.search(r"(?:^|,)t=(\d+)", header)
    if stamp is None or int(stamp[1]) > time.time() + TOLERANCE_S:
        raise InvalidSignature("the signature is dated in the future")
    event: dict[str, Any] = json.loads(payload)
    if event.get("object") != "event" or event.get("api_version") != API_VERSION:
        raise UnsupportedVersion(f"{event.get('object')} of API version {event.get('api_version')}")
    return event
