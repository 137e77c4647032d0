"""Error pages: what happened, whether it was charged, what to do, and the number to ask about; without a database."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from core.requests import RequestMiddleware
from tests.website import plain_static_files, text_of  # noqa: F401

# No django_db mark: a page that asked the database would fail here.


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The landing page fails."""

    def fail(*args: Any) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("restoration.views.offers", fail)


def shows_number(response: Any) -> bool:
    return response["X-Request-Id"] in text_of(response)


def test_404(client: Client) -> None:
    page = client.get("/nothing/here")
    assert page.status_code == 404
    assert "There is nothing here" in text_of(page)
    assert "Nothing was charged." in text_of(page)
    assert settings.SUPPORT_EMAIL in text_of(page)
    assert shows_number(page)


def test_500(broken: None) -> None:
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert "Something failed on our side" in text_of(page)
    assert "A credit is spent only when a photo was restored" in text_of(page)
    assert "out of luck" not in page.content.decode()
    assert shows_number(page)


def test_400(client: Client) -> None:
    page = client.get("/", headers={"host": "evil.example"})
    assert page.status_code == 400
    assert "We could not read this request" in text_of(page)
    assert "evil.example" not in page.content.decode()
    assert shows_number(page)


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing"])
def test_a_number_sent_along_comes_back(client: Client, path: str) -> None:
    page = client.get(path, headers={"x-request-id": "shop-order-4711"})
    assert page["X-Request-Id"] == "shop-order-4711"
    assert "shop-order-4711" in page.content.decode()


def test_the_api_gets_json(client: Client) -> None:
    old, new = client.get("/api/api-call/nothing"), client.get("/api/v1/nothing")
    assert (old.status_code, old["Content-Type"]) == (404, "application/json")
    assert json.loads(old.content)["message"] == "Not found"
    assert (new.status_code, new["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(new.content)["code"] == "not_found"


def test_error_pages_keep_the_policy(client: Client) -> None:
    policy = client.get("/nothing")["Content-Security-Policy"]
    assert re.search(r"script-src 'self'(;|$)", policy)


@pytest.mark.parametrize("path", ["/restorations/new/", "/api/v1/restorations"])
def test_413_fits_who_asked(path: str) -> None:
    request = RequestFactory().post(path)
    request.scope = {"heirloom.body_too_large": True}  # type: ignore[attr-defined]  as the hold wrapper marks it
    reply = RequestMiddleware(lambda request: pytest.fail("the body is not looked at"))(request)
    assert reply.status_code == 413
    if path.startswith("/api/"):
        assert json.loads(reply.content)["code"] == "body_too_large"
    else:
        assert "The upload is larger than the 5 MB that are accepted." in text_of(reply)
        assert shows_number(reply)
