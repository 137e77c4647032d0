"""Exactly 100 requests in a window of 60 minutes for a key and its successors."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import api_keys
from accounts.models import ApiKey
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
PATH = "/api/api-call/photo-restore"
START = datetime(2031, 5, 5, 12, tzinfo=UTC)


def post(client: Client, key: str, body: str = "nonsense") -> Any:
    """A call that counts and is refused as malformed."""
    return client.post(PATH, body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {key}")


def test_the_101st_request_is_refused(client: Client, owner: Owner) -> None:
    with time_machine.travel(START, tick=False):
        statuses = [post(client, owner.key).status_code for _ in range(100)]
        refused = post(client, owner.key)
    assert statuses == [400] * 100
    assert refused.status_code == 429
    body = refused.json()
    assert body["message"] == "Rate limit exceeded. Please try again later."
    assert next(iter(body)) == "message"
    assert refused["Content-Type"] == "application/json"
    wait = int(refused["Retry-After"])
    assert 1 <= wait <= 3600
    assert refused["X-RateLimit-Limit"] == "100"
    assert refused["X-RateLimit-Remaining"] == "0"
    assert refused["X-RateLimit-Reset"] == str(int(START.timestamp()) + wait)
    assert refused["RateLimit-Policy"] == '"default";q=100;w=3600'
    assert refused["RateLimit"] == f'"default";r=0;t={wait}'


def test_the_window_is_fixed_and_opens_again(client: Client, owner: Owner) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first = post(client, owner.key)
        left = int(first["X-RateLimit-Reset"]) - int(START.timestamp())
        for _ in range(110):
            last = post(client, owner.key)
        assert last.status_code == 429
        clock.move_to(START + timedelta(seconds=left - 1))
        late = post(client, owner.key)
        assert (late.status_code, late["Retry-After"]) == (429, "1")
        clock.move_to(START + timedelta(seconds=left))  # the window's last instant: no time is left of it
        last = post(client, owner.key)
        assert (last.status_code, last["Retry-After"]) == (429, "1")
        clock.move_to(START + timedelta(seconds=left + 1))
        again = post(client, owner.key)
        assert (again.status_code, again["X-RateLimit-Remaining"]) == (400, "99")
        assert int(again["X-RateLimit-Reset"]) == int(first["X-RateLimit-Reset"]) + 3600


def test_a_rotated_key_shares_the_window_and_another_key_does_not(client: Client, owner: Owner) -> None:
    successor_row, successor = api_keys.create(account=owner.account, name="Next")
    ApiKey.objects.filter(pk=successor_row.pk).update(lineage_id=owner.key_row.lineage_id)
    _, other = api_keys.create(account=owner.account, name="Other")
    with time_machine.travel(START, tick=False):
        post(client, owner.key)
        assert post(client, successor)["X-RateLimit-Remaining"] == "98"
        assert post(client, other)["X-RateLimit-Remaining"] == "99"


def test_what_is_refused_before_the_count_is_not_counted(client: Client, owner: Owner) -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(3):
            assert client.get(PATH, **owner.auth).status_code == 405  # type: ignore[arg-type]
            assert client.put(PATH, **owner.auth).status_code == 405  # type: ignore[arg-type]
            assert post(client, owner.key + "x").status_code == 401
        assert post(client, owner.key)["X-RateLimit-Remaining"] == "99"


@pytest.mark.parametrize(
    ("credits", "body", "status"),
    [
        (1, '{"imageUrl": "https://photos.example.org/a.jpg"}', 202),
        (1, '{"imageUrl": 7}', 400),
        (0, '{"imageUrl": "https://photos.example.org/a.jpg"}', 402),
    ],
)
def test_every_counted_reply_carries_the_limit(
    client: Client, make_owner: Any, settings: Any, credits: int, body: str, status: int
) -> None:
    settings.RESTORATION_SHED_LOAD = False
    owner = make_owner(credits=credits)
    with time_machine.travel(START, tick=False):
        reply = post(client, owner.key, body)
    assert reply.status_code == status
    assert reply["X-RateLimit-Limit"] == "100"
    assert reply["X-RateLimit-Remaining"] == "99"
    assert int(START.timestamp()) < int(reply["X-RateLimit-Reset"]) <= int(START.timestamp()) + 3600
    assert reply["RateLimit"].startswith('"default";r=99;t=')


def test_reading_has_a_window_of_its_own(client: Client, owner: Owner) -> None:
    with time_machine.travel(START, tick=False):
        post(client, owner.key)
        reading = client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
        assert reading["X-RateLimit-Limit"] == "3000"
        assert reading["X-RateLimit-Remaining"] == "2999"
        assert post(client, owner.key)["X-RateLimit-Remaining"] == "98"
