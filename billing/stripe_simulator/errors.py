"""Refusals in Stripe's envelope."""

from typing import Any

from billing.stripe_simulator import API_VERSION

INVALID_REQUEST = "invalid_request_error"


def doc_url(code: str) -> str:
    return f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"


class StripeFailure(Exception):
    """A reply other than 200. `saved`: whether an Idempotency-Key remembers it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = INVALID_REQUEST,
        code: str | None = None,
        param: str | None = None,
        saved: bool = True,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.error: dict[str, Any] = {"message": message, "type": type, **extra}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = doc_url(code)
        if param:
            self.error["param"] = param

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


class KeptFailure(StripeFailure):
    """A refusal that is a result: what was written on the way to it stays."""


def missing(noun: str, stripe_id: str, param: str | None = None) -> StripeFailure:
    """No such object: 404 for the object asked for (no `param`), 400 for one named in a parameter."""
    message = f"No such {noun.replace('.', ' ')}: '{stripe_id}'"
    return StripeFailure(400 if param else 404, message, code="resource_missing", param=param or "id")


def unauthorized(message: str) -> StripeFailure:
    return StripeFailure(401, message, saved=False)


def unsupported_version(version: str) -> StripeFailure:
    return StripeFailure(
        400, f"Invalid Stripe API version: {version}. This simulator speaks {API_VERSION} alone.", saved=False
    )
