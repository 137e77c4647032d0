"""Error replies: problem+json (RFC 9457) for v1, `{"message": …}` to the letter for the compatibility API."""

from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions

from core.errors import AppError

log = structlog.get_logger(__name__)

# True of every failure, also of one while the reply of a job that succeeded is made.
NOTE = "A credit is spent only for a restored photo."

COMPATIBLE_MESSAGES = {
    400: "Invalid input",
    401: "Invalid or expired API key",
    402: "Insufficient credits",
    404: "Not found",
    405: "Method not allowed",
    429: "Rate limit exceeded. Please try again later.",
    500: "Service error",
}
# What the compatibility API has no status for is answered by its nearest.
COMPATIBLE_STATUS = {403: 401, 406: 400, 409: 500, 413: 400, 415: 400, 422: 400, 502: 500, 503: 500, 504: 500}


def describe(exc: Exception) -> AppError:
    """Any exception as an `AppError`; an unknown one is logged and becomes `internal_error`."""
    if isinstance(exc, AppError):
        return exc
    if isinstance(exc, exceptions.Throttled):
        wait = max(1, int(getattr(exc, "wait", None) or 1))
        return AppError(
            "rate_limited", 429, f"Rate limit exceeded. Retry in {wait} seconds.", retry_after=wait
        )
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return AppError("invalid_api_key", 401, "Invalid or expired API key")
    if isinstance(exc, Http404 | exceptions.NotFound):
        return AppError("not_found", 404, "There is nothing at this address, or it is not yours.")
    if isinstance(exc, PermissionDenied):
        return AppError("forbidden", 403, "You are not allowed to do this.")
    if isinstance(exc, RequestDataTooBig):
        return AppError("body_too_large", 413, "The request body is too large.")
    if isinstance(exc, SuspiciousOperation):
        return AppError("bad_request", 400, "The request is malformed.")
    if isinstance(exc, exceptions.APIException):
        return AppError(str(exc.default_code), exc.status_code, _text(exc.detail))
    if isinstance(exc, OperationalError):
        log.error("database_unavailable", exc_info=exc)
        return AppError("unavailable", 503, f"The service is busy. {NOTE}", retry_after=5)
    log.error("unhandled_exception", exc_info=exc)
    return AppError("internal_error", 500, f"Something failed on our side. {NOTE}")


def _text(detail: Any) -> str:
    if isinstance(detail, dict):
        return "; ".join(f"{field}: {_text(value)}" for field, value in detail.items())
    if isinstance(detail, list):
        return " ".join(_text(value) for value in detail)
    return str(detail)


def compatible_body(error: AppError, request_id: str) -> tuple[int, dict[str, Any]]:
    """Status and body of an error in the compatibility API: `message` first and to the letter."""
    status = COMPATIBLE_STATUS.get(error.status, error.status)
    body = {"message": COMPATIBLE_MESSAGES.get(status, "Service error"), "code": error.code}
    return status, body | {"detail": error.message, "request_id": request_id} | error.extra


def problem_body(error: AppError, request_id: str) -> tuple[int, dict[str, Any]]:
    """Status and body of an error as RFC 9457 problem details."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "message": error.message,
        "request_id": request_id,
    }
    return error.status, body | error.extra


def is_compatible(path: str) -> bool:
    """Whether this path speaks the compatibility API's error shape."""
    return path.startswith("/api/api-call/")


def json_error(request: HttpRequest, error: AppError) -> JsonResponse:
    """The same replies outside DRF: unknown addresses and failures in middleware under /api/."""
    request_id = getattr(request, "request_id", "")
    if is_compatible(request.path):
        status, body = compatible_body(error, request_id)
        response = JsonResponse(body, status=status)
    else:
        status, body = problem_body(error, request_id)
        response = JsonResponse(body, status=status, content_type="application/problem+json")
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
