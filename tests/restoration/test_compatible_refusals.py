"""The other errors of the compatibility endpoint, to the letter: 401, 402, 405, 429, 500."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts import api_keys
from core.clock import database_now
from restoration import services
from restoration.models import Attempt, Restoration, WorkerHeartbeat
from tests.conftest import Owner
from tests.restoration.books import credits
from tests.restoration.calls import ENDPOINT, call, refusal

pytestmark = pytest.mark.django_db
BODY = {"imageUrl": "https://example.org/photo.jpg"}


def nothing_held(owner: Owner, available: int = 5) -> bool:
    return credits(owner) == (available, 0) and not Restoration.objects.exists()


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "Token {key}",
        "{key}",
        "Bearer {key}x",
        "Bearer {key} {key}",
    ],
)
def test_401(owner: Owner, authorization: str) -> None:
    reply = Client().post(
        ENDPOINT,
        BODY,
        content_type="application/json",
        HTTP_AUTHORIZATION=authorization.format(key=owner.key),
    )
    refusal(reply, 401, "Invalid or expired API key")
    assert reply["WWW-Authenticate"] == "Bearer"
    assert nothing_held(owner)


def test_401_for_a_key_that_ended(owner: Owner) -> None:
    api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    refusal(call(owner, BODY), 401, "Invalid or expired API key")
    row, key = api_keys.create(
        account=owner.account, name="Short", expires_at=timezone.now() + timedelta(hours=1)
    )
    type(row).objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    refusal(call(owner, BODY, HTTP_AUTHORIZATION=f"Bearer {key}"), 401, "Invalid or expired API key")


def test_402(make_owner: Callable[..., Owner]) -> None:
    poor = make_owner("poor@example.org", credits=0)
    refusal(call(poor, BODY), 402, "Insufficient credits")
    assert nothing_held(poor, available=0)


def test_402_when_all_credits_are_held(make_owner: Callable[..., Owner]) -> None:
    one = make_owner("one@example.org", credits=1)
    assert call(one, BODY).status_code == 202
    refusal(call(one, BODY), 402, "Insufficient credits")
    assert credits(one) == (0, 1)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("with_key", [True, False])
def test_405(owner: Owner, method: str, with_key: bool) -> None:
    reply = Client().generic(method, ENDPOINT, **(owner.auth if with_key else {}))
    assert (reply.status_code, reply["Allow"]) == (405, "POST")
    if method != "HEAD":
        refusal(reply, 405, "Method not allowed")


def test_429(owner: Owner) -> None:
    for _ in range(100):
        assert call(owner, {}).status_code == 400
    reply = call(owner, BODY)
    refusal(reply, 429, "Rate limit exceeded. Please try again later.")
    assert int(reply["Retry-After"]) >= 1
    assert nothing_held(owner)


@pytest.mark.parametrize("error", [RuntimeError("secret detail"), OperationalError("server closed")])
def test_500_tells_nothing_of_the_inside(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr(services, "submit_url", fail)
    body = refusal(call(owner, BODY), 500, "Service error")
    assert str(error) not in str(body)
    assert nothing_held(owner)


def test_500_at_once_when_the_queue_is_too_long(owner: Owner, make_owner: Callable[..., Owner]) -> None:
    other = make_owner("other@example.org", credits=10)
    WorkerHeartbeat.objects.create(worker="w", seen_at=database_now())
    for _ in range(3):  # 15 s each, before anything was measured: the fourth would be done after 60
        assert call(other, BODY).status_code == 202
    reply = call(owner, BODY)
    assert refusal(reply, 500, "Service error")["code"] == "overloaded"
    assert int(reply["Retry-After"]) >= 1
    assert credits(owner) == (5, 0)
    assert not Restoration.objects.filter(account=owner.account).exists()


def test_a_faster_or_a_second_worker_admits_more(owner: Owner) -> None:
    WorkerHeartbeat.objects.create(worker="w1", seen_at=database_now())
    for _ in range(3):
        assert call(owner, BODY).status_code == 202
    WorkerHeartbeat.objects.create(worker="w2", seen_at=database_now())
    assert call(owner, BODY).status_code == 202
    WorkerHeartbeat.objects.filter(worker="w2").update(error="WeightsError: missing")
    refusal(call(owner, BODY), 500, "Service error")
    done = Restoration.objects.first()
    now = timezone.now()
    Attempt.objects.create(
        restoration=done,
        fence=1,
        worker="w",
        outcome="succeeded",
        started_at=now - timedelta(seconds=2),
        ended_at=now,
    )
    assert call(owner, BODY).status_code == 202


def test_overload_can_be_left_to_the_queue(owner: Owner, settings: Any) -> None:
    settings.RESTORATION_SHED_LOAD = False
    for _ in range(5):
        assert call(owner, BODY).status_code == 202
