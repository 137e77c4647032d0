"""Every error in both of its shapes."""

import json
from typing import Any

import pytest
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions

from core.errors import AppError
from core.problems import COMPATIBLE_MESSAGES, compatible_body, describe, json_error, problem_body

OLD, NEW = "/api/api-call/photo-restore", "/api/v1/account"
# exception; code; status in v1; status in the compatibility API
CASES: list[tuple[Exception, str, int, int]] = [
    (AppError("invalid_url", 400, "Bad."), "invalid_url", 400, 400),
    (exceptions.NotAuthenticated(), "invalid_api_key", 401, 401),
    (exceptions.AuthenticationFailed("secret reason"), "invalid_api_key", 401, 401),
    (AppError("insufficient_credits", 402, "None."), "insufficient_credits", 402, 402),
    (PermissionDenied("secret reason"), "forbidden", 403, 401),
    (exceptions.PermissionDenied(), "permission_denied", 403, 401),
    (Http404("secret reason"), "not_found", 404, 404),
    (exceptions.NotFound(), "not_found", 404, 404),
    (exceptions.MethodNotAllowed("PUT"), "method_not_allowed", 405, 405),
    (exceptions.NotAcceptable(), "not_acceptable", 406, 400),
    (AppError("conflict", 409, "Busy."), "conflict", 409, 500),
    (RequestDataTooBig("secret reason"), "body_too_large", 413, 400),
    (SuspiciousOperation("secret reason"), "bad_request", 400, 400),
    (exceptions.UnsupportedMediaType("text/plain"), "unsupported_media_type", 415, 400),
    (exceptions.ValidationError({"imageUrl": ["Missing."]}), "invalid", 400, 400),
    (exceptions.ParseError(), "parse_error", 400, 400),
    (exceptions.Throttled(wait=12.2), "rate_limited", 429, 429),
    (OperationalError("secret reason"), "unavailable", 503, 500),
    (AppError("overloaded", 503, "Later.", retry_after=9), "overloaded", 503, 500),
    (ZeroDivisionError("secret reason"), "internal_error", 500, 500),
]


@pytest.mark.parametrize(("exc", "code", "status", "_"), CASES)
def test_v1_answers_with_problem_details(exc: Exception, code: str, status: int, _: int) -> None:
    found, body = problem_body(describe(exc), "req_1")
    assert (found, body["status"], body["code"], body["request_id"]) == (status, status, code, "req_1")
    assert {"type", "title", "detail", "message"} <= body.keys()
    assert "secret" not in json.dumps(body)


@pytest.mark.parametrize(("exc", "code", "_", "status"), CASES)
def test_the_compatibility_api_answers_with_its_message(
    exc: Exception, code: str, _: int, status: int
) -> None:
    found, body = compatible_body(describe(exc), "req_1")
    assert (found, body["code"], body["request_id"]) == (status, code, "req_1")
    assert body["message"] == COMPATIBLE_MESSAGES[status]
    assert next(iter(body)) == "message"
    assert "secret" not in json.dumps(body)


def test_the_messages_are_to_the_letter() -> None:
    assert COMPATIBLE_MESSAGES[400] == "Invalid input"
    assert COMPATIBLE_MESSAGES[401] == "Invalid or expired API key"
    assert COMPATIBLE_MESSAGES[402] == "Insufficient credits"
    assert COMPATIBLE_MESSAGES[429] == "Rate limit exceeded. Please try again later."
    assert COMPATIBLE_MESSAGES[500] == "Service error"


@pytest.mark.parametrize(("path", "mime"), [(OLD, "application/json"), (NEW, "application/problem+json")])
def test_outside_drf_the_shape_follows_the_address(path: str, mime: str) -> None:
    request = RequestFactory().get(path)
    reply = json_error(request, AppError("overloaded", 503, "Later.", {"more": 1}, retry_after=9))
    assert reply["Content-Type"] == mime
    assert reply["Retry-After"] == "9"
    assert json.loads(reply.content)["more"] == 1


def test_a_refusal_without_a_wait_says_at_least_a_second() -> None:
    assert describe(exceptions.Throttled(wait=0)).retry_after == 1
    assert describe(exceptions.Throttled(wait=12.2)).retry_after == 13


def test_what_is_unknown_is_logged_with_its_traceback() -> None:
    with structlog.testing.capture_logs() as logs:
        describe(ZeroDivisionError("the reason"))
    assert logs[0]["event"] == "unhandled_exception"
    assert isinstance(logs[0]["exc_info"], ZeroDivisionError)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "mime"),
    [
        ("/api/nothing", "application/problem+json"),
        ("/api/v1/", "application/problem+json"),
        ("/api/v2/account", "application/problem+json"),
        ("/api/api-call/other", "application/json"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_of_the_api_is_a_json_404(client: Any, path: str, mime: str, method: str) -> None:
    reply = getattr(client, method)(path)
    assert (reply.status_code, reply["Content-Type"]) == (404, mime)
    body = reply.json()
    assert body["code"] == "not_found"
    assert body["request_id"] == reply["X-Request-Id"]


@pytest.mark.django_db
def test_a_foreign_host_is_refused_in_the_callers_shape(client: Any) -> None:
    reply = client.get(NEW, HTTP_HOST="evil.example.org")
    assert (reply.status_code, reply["Content-Type"]) == (400, "application/problem+json")
    assert "evil" not in reply.content.decode()


@pytest.mark.django_db
def test_a_failure_inside_a_view_is_a_json_500(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr("restoration.api.AccountView.initial", broken)
    reply = client.get(NEW)
    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert "secret" not in reply.content.decode()
