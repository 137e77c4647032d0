"""`Authorization: Bearer KEY`: every bad key gets the same answer, and a wrong checksum costs no query."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import api_keys
from accounts.models import ApiKey
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
COMPATIBLE = "/api/api-call/photo-restore"
NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def call(client: Client, authorization: str | None) -> HttpResponse:
    """A POST with a fixed request id, so that whole replies can be compared."""
    headers = {"HTTP_X_REQUEST_ID": "fixed-request-id"}
    if authorization is not None:
        headers["HTTP_AUTHORIZATION"] = authorization
    reply: Any = client.post(COMPATIBLE, "{}", content_type="application/json", **headers)
    return reply


def wrong_checksum(key: str) -> str:
    return key[:-1] + ("0" if key[-1] != "0" else "1")


@pytest.mark.parametrize("path", ["/api/v1/account", "/api/v1/restorations/rst_x"])
def test_a_wrong_checksum_costs_no_query(
    client: Client, owner: Owner, path: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(0):
        reply = client.get(path, HTTP_AUTHORIZATION=f"Bearer {wrong_checksum(owner.key)}")
    assert reply.status_code == 401


def test_a_wrong_checksum_costs_no_query_at_the_compatibility_endpoint(
    client: Client, owner: Owner, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(0):
        assert call(client, f"Bearer {wrong_checksum(owner.key)}").status_code == 401


def test_every_bad_key_gets_the_same_bytes(client: Client, owner: Owner) -> None:
    expiring, expired_key = api_keys.create(
        account=owner.account, name="Old", expires_at=timezone.now() + timedelta(hours=1)
    )
    ApiKey.objects.filter(pk=expiring.pk).update(expires_at=timezone.now())
    revoked, revoked_key = api_keys.create(account=owner.account, name="Gone")
    api_keys.revoke(account=owner.account, public_id=revoked.public_id)
    tries = [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {owner.key}",
        owner.key,
        "Bearer nonsense",
        f"Bearer {wrong_checksum(owner.key)}",
        f"Bearer {api_keys.generate('live')}",
        f"Bearer {api_keys.generate('test')}",
        f"Bearer {expired_key}",
        f"Bearer {revoked_key}",
        f"Bearer {owner.key} {owner.key}",
        "Bearer \xff\xfe",
    ]
    replies = [call(client, each) for each in tries]
    assert {reply.status_code for reply in replies} == {401}
    assert len({reply.content for reply in replies}) == 1
    assert len({tuple(sorted(reply.items())) for reply in replies}) == 1
    assert replies[0].json()["message"] == "Invalid or expired API key"  # type: ignore[attr-defined]
    assert replies[0]["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_not_case_sensitive(client: Client, owner: Owner) -> None:
    assert client.get("/api/v1/account", HTTP_AUTHORIZATION=f"bearer {owner.key}").status_code == 200


def test_revoking_takes_effect_at_once(client: Client, owner: Owner) -> None:
    assert client.get("/api/v1/account", **owner.auth).status_code == 200  # type: ignore[arg-type]
    api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    assert client.get("/api/v1/account", **owner.auth).status_code == 401  # type: ignore[arg-type]


def test_revoking_twice_keeps_the_first_moment(owner: Owner) -> None:
    with time_machine.travel(NOON, tick=False):
        api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    owner.key_row.refresh_from_db()
    assert owner.key_row.revoked_at == NOON


def test_a_key_works_until_its_expiry_and_not_a_moment_longer(client: Client, owner: Owner) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _, key = api_keys.create(account=owner.account, name="Short", expires_at=NOON + timedelta(hours=1))
        clock.move_to(NOON + timedelta(minutes=59, seconds=59))
        assert client.get("/api/v1/account", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200
        clock.move_to(NOON + timedelta(hours=1))
        assert client.get("/api/v1/account", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401


def test_last_used_is_written_at_most_once_a_minute(client: Client, owner: Owner) -> None:
    seen = []
    with time_machine.travel(NOON, tick=False) as clock:
        for seconds in (0, 1, 59, 60, 61, 121, 122):
            clock.move_to(NOON + timedelta(seconds=seconds))
            assert client.get("/api/v1/account", **owner.auth).status_code == 200  # type: ignore[arg-type]
            owner.key_row.refresh_from_db()
            assert owner.key_row.last_used_at is not None
            seen.append((owner.key_row.last_used_at - NOON).total_seconds())
    assert seen == [0, 0, 0, 0, 61, 61, 122]


def test_a_busy_key_writes_nothing(client: Client, owner: Owner) -> None:
    client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
    assert len(queries) > 0
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_refused_key_is_not_marked_as_used(client: Client, owner: Owner) -> None:
    api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
    owner.key_row.refresh_from_db()
    assert owner.key_row.last_used_at is None


def test_a_key_shows_its_own_account(client: Client, owner: Owner, stranger: Owner) -> None:
    own = client.get("/api/v1/account", **owner.auth).json()  # type: ignore[arg-type]
    other = client.get("/api/v1/account", **stranger.auth).json()  # type: ignore[arg-type]
    assert (own["id"], other["id"]) == (owner.account.public_id, stranger.account.public_id)
