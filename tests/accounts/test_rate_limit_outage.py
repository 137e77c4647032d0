"""A cache that is gone costs nobody a 500: this process counts by itself until it is back."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
import time_machine
from django.test import Client

from accounts import throttling
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
PATH = "/api/api-call/photo-restore"
START = datetime(2031, 5, 5, 12, 30, tzinfo=UTC)


@pytest.fixture
def dead_cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shared cache at an address where nothing listens; the local window empty."""
    monkeypatch.setattr(throttling, "_local", throttling.LocalWindow())
    monkeypatch.setattr(throttling, "_outage", throttling.Outage())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: nobody else can open it meanwhile
        settings.CACHES = {
            "default": {
                **settings.CACHES["default"],
                "LOCATION": f"redis://127.0.0.1:{taken.getsockname()[1]}",
            }
        }
        yield


def post(client: Client, owner: Owner) -> Any:
    return client.post(PATH, "nonsense", content_type="application/json", **owner.auth)  # type: ignore[arg-type]


def test_the_local_window_counts(client: Client, owner: Owner, dead_cache: None) -> None:
    with time_machine.travel(START, tick=False):
        replies = [post(client, owner) for _ in range(101)]
    assert [reply.status_code for reply in replies] == [400] * 100 + [429]
    assert replies[0]["X-RateLimit-Remaining"] == "99"
    assert replies[-1]["Retry-After"] == "1800"  # to the end of the clock hour


def test_the_outage_is_logged(client: Client, owner: Owner, dead_cache: None) -> None:
    with structlog.testing.capture_logs() as logs:
        post(client, owner)
    found = [entry for entry in logs if entry["event"] == "rate_limit_cache_down"]
    assert [entry["log_level"] for entry in found] == ["error"]
    assert owner.key not in str(logs)


def test_a_cache_that_hangs_is_asked_once_and_then_left_alone(
    client: Client, owner: Owner, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "_local", throttling.LocalWindow())
    monkeypatch.setattr(throttling, "_outage", throttling.Outage())
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts and never says a word
        shared = settings.CACHES["default"]
        location = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        options = {**shared["OPTIONS"], "socket_timeout": 0.1}
        settings.CACHES = {"default": {**shared, "LOCATION": location, "OPTIONS": options}}
        remaining = [post(client, owner)["X-RateLimit-Remaining"] for _ in range(5)]
        asked = accepted(silent)
    assert remaining == ["99", "98", "97", "96", "95"]
    assert 1 <= asked <= 2


def accepted(server: socket.socket) -> int:
    """How many connections wait to be accepted."""
    server.setblocking(False)
    found = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return found
        found += 1


def test_the_shared_cache_counts_again_after_a_while(
    client: Client, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "_local", throttling.LocalWindow())
    monkeypatch.setattr(throttling, "LEAVE_ALONE_S", 0.0)
    outage = throttling.Outage()
    monkeypatch.setattr(throttling, "_outage", outage)
    outage.begin()
    post(client, owner)
    throttling._local = throttling.LocalWindow()  # a local count would start anew
    assert post(client, owner)["X-RateLimit-Remaining"] == "98"


def test_credits_and_keys_work_meanwhile(client: Client, owner: Owner, dead_cache: None) -> None:
    reply = client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
    assert reply.status_code == 200
    assert reply.json()["credits"]["available"] == 5


def test_the_local_window_starts_afresh_each_hour() -> None:
    window = throttling.LocalWindow()
    with time_machine.travel(START, tick=False) as clock:
        assert [window.count("a"), window.count("a"), window.count("b")] == [(1, 1800), (2, 1800), (1, 1800)]
        clock.shift(1800)
        assert window.count("a") == (1, 3600)
