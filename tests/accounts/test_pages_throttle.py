"""Guessing passwords, mass sign-up and mass reset meet a limit, with the shared cache and without it."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from core.cache import SharedCache
from tests.conftest import Owner
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["cache", "no cache"])
def cache_state(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The shared cache as it is, and at an address where nothing listens."""
    if request.param == "cache":
        yield request.param
        return
    monkeypatch.setattr(SharedCache, "_out_until", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        location = f"redis://127.0.0.1:{taken.getsockname()[1]}"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
        cache._local.clear()
        yield request.param
        cache._local.clear()


def log_in(client: Client, email: str, password: str) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_guessing_is_stopped_even_for_the_right_password(
    client: Client, owner: Owner, cache_state: str
) -> None:
    owner.user.set_password("correct-horse-7")
    owner.user.save()
    pages = [log_in(client, owner.user.email, "wrong") for _ in range(6)]
    assert "not correct" in text_of(pages[0])
    assert "Too many" in text_of(pages[-1])
    assert "Too many" in text_of(log_in(client, owner.user.email, "correct-horse-7"))


def test_mass_sign_up_is_stopped(client: Client, cache_state: str) -> None:
    address = reverse("account_signup")
    replies = [client.post(address, {"email": "", "password1": ""}) for _ in range(21)]
    assert [reply.status_code for reply in replies] == [200] * 20 + [429]
    assert "Too many tries" in text_of(replies[-1])


def test_mass_reset_is_stopped(client: Client, cache_state: str) -> None:
    address = reverse("account_reset_password")
    replies = [client.post(address, {"email": "ada@example.org"}) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [302] * 5 + [429]


def test_other_keys_do_not_hide_the_outage(settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        store = SharedCache(f"redis://127.0.0.1:{taken.getsockname()[1]}", {})
        with pytest.raises(RedisError, match="refused"):
            store.set("readyz", "1")
