"""What every test may use: an owner with credits and a key, a stranger, and no network but loopback."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts import api_keys
from accounts.models import Account, ApiKey, User
from accounts.services import account_for_email
from billing import guards, ledger
from billing.models import CreditGrant
from tests.environment import VAR_DIR

unguarded_connect = socket.socket.connect


def _guarded(sock: socket.socket, address: Any) -> None:
    if sock.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise AssertionError(f"a test reached out to {address}")
    unguarded_connect(sock, address)


@pytest.fixture(autouse=True, scope="session")
def _no_outside_sockets() -> Iterator[None]:
    socket.socket.connect = _guarded  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = unguarded_connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file of this test process: one in memory cannot be shared by threads that write."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(VAR_DIR / "test.sqlite3")


@pytest.fixture(autouse=True)
def _guards_give_way_to_flush(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """A test with transactions of its own ends with every table emptied, which the ledger's triggers refuse.

    They go before that; `flush` sends post_migrate, which brings them back.
    """
    if not _commits(request):
        yield
        return
    request.getfixturevalue("transactional_db")  # set up before this one, and so torn down after it
    yield
    guards.remove()


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and bool(marker.kwargs.get("transaction"))
    return marked or bool({"transactional_db", "live_server"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@dataclass
class Owner:
    """An account, its user, a live key and the key's text."""

    account: Account
    user: User
    key_row: ApiKey
    key: str

    @property
    def auth(self) -> dict[str, str]:
        return {"HTTP_AUTHORIZATION": f"Bearer {self.key}"}


@pytest.fixture
def make_owner(db: None) -> Callable[..., Owner]:
    def make(email: str = "alice@example.org", credits: int = 5) -> Owner:
        account = account_for_email(email=email)
        if credits:
            ledger.grant(
                account=account,
                amount=credits,
                kind=CreditGrant.Kind.PAID,
                source=f"test:{account.public_id}",
            )
        row, key = api_keys.create(account=account, name="Test")
        return Owner(account, User.objects.get(email=email), row, key)

    return make


@pytest.fixture
def owner(make_owner: Callable[..., Owner]) -> Owner:
    return make_owner()


@pytest.fixture
def stranger(make_owner: Callable[..., Owner]) -> Owner:
    return make_owner("charlie@example.org")


@pytest.fixture
def signed_in(client: Client, owner: Owner) -> Client:
    client.force_login(owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
