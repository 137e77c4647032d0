"""Idempotency keys: one execution a key, its reply replayed, a 500 included."""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction

from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.models import KeyedReply

KEPT_S = 24 * 3600


def fingerprint(method: str, path: str, raw: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([method, path, raw], sort_keys=True).encode()).hexdigest()


def begin(key: str, mark: str, path: str) -> tuple[int, Any] | None:
    """Take the key for this request, or the (status, body) it answered before.

    Raises StripeFailure: 400 idempotency_error where the parameters differ, 409 while the first still runs.
    """
    KeyedReply.objects.filter(created__lt=now() - KEPT_S).delete()
    try:
        with transaction.atomic():
            KeyedReply.objects.create(key=key, fingerprint=mark, created=now())
    except IntegrityError:
        earlier = KeyedReply.objects.get(key=key)
    else:
        return None
    if earlier.fingerprint != mark:
        raise StripeFailure(
            400,
            f"Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request.",
            type="idempotency_error",
            saved=False,
        )
    if earlier.status is None:
        raise StripeFailure(
            409,
            f"There is currently another in-progress request using this Idempotent Key ({key}) for {path}. "
            "Please try again later.",
            type="idempotency_error",
            code="idempotency_key_in_use",
            saved=False,
        )
    return earlier.status, earlier.body


def finish(key: str, status: int, body: Any) -> None:
    """Remember the reply; inside the transaction of what it tells."""
    KeyedReply.objects.filter(key=key).update(status=status, body=body)


def abandon(key: str) -> None:
    """The request never began: the key is free again."""
    KeyedReply.objects.filter(key=key).delete()


def forget_interrupted() -> None:
    """Free the keys of requests that an earlier process did not live to answer."""
    KeyedReply.objects.filter(status=None).delete()
