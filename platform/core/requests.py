"""The outermost middleware: request id, one log line a request, and errors that match the caller's API."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from core.error_views import answer
from core.errors import AppError
from core.problems import describe, json_error

log = structlog.get_logger("request")
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def replay_of(request: HttpRequest) -> dict[str, Any] | None:
    """The hold wrapper's note when this request is its internal replay, else None. Not forgeable: scope only."""
    found: dict[str, Any] | None = getattr(request, "scope", {}).get("heirloom.replay")
    return found


class RequestMiddleware:
    """Sets `request.request_id` (the caller's `X-Request-Id` when well formed) and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        replay = replay_of(request)
        given = replay["request_id"] if replay else request.headers.get("X-Request-Id", "")
        request_id = given if ACCEPTED_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        if getattr(request, "scope", {}).get("heirloom.body_too_large"):
            response: HttpResponse = answer(
                request, AppError("body_too_large", 413, "The request body is too large.")
            )
        elif "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL refuses it in any text, which would be a 500 wherever an address is looked up.
            response = answer(
                request, AppError("malformed_request", 400, "An address cannot hold a NUL character.")
            )
        else:
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if replay is None:  # the held request has one line: its acceptance
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """API callers get JSON, whatever fails outside DRF; pages get Django's error pages."""
        return json_error(request, describe(exc)) if request.path.startswith("/api/") else None
