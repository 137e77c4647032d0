"""Every API address × method × caller without a right to it: 401, 404 or 405, and nothing changes.

The addresses come from the URL configuration: a new one that is not classified here fails.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import api_keys
from restoration import services
from restoration.models import Restoration
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What each address is: open to all, the caller's own, or one object that belongs to an account.
OPEN = {"api/schema/", "api/docs/"}
OWN = {"api/api-call/photo-restore": "POST", "api/v1/account": "GET", "api/v1/ledger": "GET"}
OBJECTS = {"api/api-call/photo-restore/<str:public_id>": "GET", "api/v1/restorations/<str:public_id>": "GET"}


def api_routes() -> Iterator[str]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield route

    return (route for route in walk(get_resolver().url_patterns, "") if route.startswith("api"))


ROUTES = sorted(set(api_routes()))
CLOSED = [route for route in ROUTES if route not in OPEN]


@pytest.fixture
def job(owner: Owner) -> Restoration:
    return services.submit_url(
        account=owner.account,
        url="https://example.org/a.jpg",
        origin=Restoration.Origin.API,
        api_key=owner.key_row,
    )


def body_of(reply: Any) -> bytes:
    """The whole body, also of the ledger, which is streamed."""

    async def read() -> bytes:
        return b"".join([part async for part in reply])

    return async_to_sync(read)() if reply.streaming else reply.content


def test_every_route_is_classified() -> None:
    assert set(ROUTES) == OPEN | OWN.keys() | OBJECTS.keys()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("route", CLOSED)
@pytest.mark.parametrize("caller", ["anonymous", "revoked key", "other account", "signed in, no key"])
def test_no_way_in(
    owner: Owner,
    stranger: Owner,
    job: Restoration,
    make_owner: Callable[..., Owner],
    route: str,
    method: str,
    caller: str,
) -> None:
    client, headers = Client(), dict[str, str]()
    if caller == "revoked key":
        headers = owner.auth
        api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    elif caller == "other account":
        headers = stranger.auth
    elif caller == "signed in, no key":
        client.force_login(owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = "/" + route.replace("<str:public_id>", job.public_id)
    before = Restoration.objects.values().get(pk=job.pk)
    reply = client.generic(method, path, "{}", content_type="application/json", **headers)
    allowed = (OWN | OBJECTS)[route] == method
    if caller != "other account":
        assert reply.status_code == (401 if allowed else 405)
    elif route in OBJECTS:
        assert reply.status_code == (404 if allowed else 405)
    else:
        assert reply.status_code in ((200, 400) if allowed else (405,))
    text = b"" if method == "HEAD" else body_of(reply)
    assert owner.account.public_id.encode() not in text
    assert Restoration.objects.values().get(pk=job.pk) == before


def test_another_accounts_job_and_no_job_look_the_same(stranger: Owner, job: Restoration) -> None:
    for route in OBJECTS:
        replies = []
        for public_id in (job.public_id, "rst_" + "0" * 26):
            reply = Client().get("/" + route.replace("<str:public_id>", public_id), **stranger.auth)
            replies.append((reply.status_code, {**reply.json(), "request_id": ""}))
        assert replies[0] == replies[1]
        assert replies[0][0] == 404


@pytest.mark.parametrize("public_id", ["x", "rst_", "%00", "..", "' OR 1=1", "é", "0" * 300])
def test_odd_ids_are_not_found(owner: Owner, public_id: str) -> None:
    for route in OBJECTS:
        reply = Client().get("/" + route.replace("<str:public_id>", public_id), **owner.auth)
        assert reply.status_code in (400, 404)
        assert reply["Content-Type"].startswith("application/")


@pytest.mark.parametrize("path", ["/media/%00", "/%00", "/media/x?e=%00", "/api/v1/account?x=%00"])
def test_a_nul_character_is_malformed_everywhere(owner: Owner, path: str) -> None:
    assert Client().get(path, **owner.auth).status_code == 400


def test_the_owner_gets_in(owner: Owner, job: Restoration) -> None:
    reply = Client().get(f"/api/v1/restorations/{job.public_id}", **owner.auth)
    assert (reply.status_code, reply.json()["id"], reply.json()["status"]) == (200, job.public_id, "queued")
    account = Client().get("/api/v1/account", **owner.auth)
    assert account.json()["credits"] == {"available": 4, "held": 1, "debt": 0}
