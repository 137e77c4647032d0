"""One simulator a test process, and the platform's settings pointing at it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from billing.audit import problems
from tests.billing.bank import Bank
from tests.billing.shop import Shop
from tests.billing.simulator import API_KEY, SECRET, Endpoint, Simulator
from tests.billing.top_ups import TopUps
from tests.conftest import Owner


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, endpoint: Endpoint) -> Iterator[Simulator]:
    folder: Path = tmp_path_factory.mktemp("stripe")
    made = Simulator(folder / "state.sqlite3", endpoint)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def simulator(running: Simulator, endpoint: Endpoint, settings: Any) -> Simulator:
    """The simulator, with nothing paused, dropped or failing, as the platform's Stripe."""
    endpoint.replies.clear()
    endpoint.received.clear()
    running.control("reset", url=endpoint.url, secrets=SECRET)
    settings.STRIPE_API_BASE = running.url
    settings.STRIPE_SECRET_KEY = API_KEY
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_CURRENCY = "usd"
    return running


@pytest.fixture
def new_stripe(simulator: Simulator) -> None:
    """Nothing at Stripe but what this test makes: for what reads Stripe's lists."""
    simulator.control("forget")


@pytest.fixture
def shop(simulator: Simulator, endpoint: Endpoint, make_owner: Callable[..., Owner]) -> Shop:
    """A customer with no credits."""
    return Shop(make_owner("buyer@example.org", credits=0), simulator, endpoint, make_owner)


@pytest.fixture
def customer(client: Client, shop: Shop) -> Client:
    """The shop's customer, signed in."""
    client.force_login(shop.owner.user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def bank(shop: Shop) -> Iterator[Bank]:
    """The bank behind that customer; whatever it did, the ledger holds together afterwards."""
    yield Bank(shop)
    assert problems(shop.owner.account) == []


@pytest.fixture
def top_ups(shop: Shop) -> Iterator[TopUps]:
    """Automatic top-ups of that customer; whatever happened, the ledger holds together afterwards."""
    yield TopUps(shop)
    assert problems(shop.owner.account) == []
