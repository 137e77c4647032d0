"""Purchases are brought to where their sessions are, although no event told of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from billing import stripe_client, sweeps
from billing.models import Purchase, ReconciliationFinding
from core.errors import AppError
from tests.billing.shop import Shop
from tests.billing.simulator import ACCEPTED

pytestmark = pytest.mark.usefixtures("new_stripe")
State = Purchase.State
A_DAY_AND_MORE = timedelta(hours=26)


def state_of(purchase: Purchase) -> str:
    purchase.refresh_from_db()
    return purchase.state


def age(purchase: Purchase, by: timedelta = A_DAY_AND_MORE) -> None:
    Purchase.objects.filter(pk=purchase.pk).update(created_at=timezone.now() - by)


def test_a_paid_session_brings_its_credits_once(shop: Shop) -> None:
    shop.start()
    purchase = shop.paid()
    assert sweeps.settle_sessions() == 1
    assert (state_of(purchase), shop.available) == (State.FULFILLED, 50)
    assert sweeps.settle_sessions() == 0
    assert (shop.available, shop.grants()) == (50, 1)


def test_an_expired_session_closes_its_purchase(shop: Shop) -> None:
    purchase = shop.start()
    shop.simulator.client.v1.checkout.sessions.expire(purchase.stripe_session or "")
    assert sweeps.settle_sessions() == 1
    assert state_of(purchase) == State.EXPIRED
    assert sweeps.settle_sessions() == 0


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client gives up at the first failure; a second try would get the first one's answer."""
    monkeypatch.setattr(stripe_client, "RETRIES", 0)
    stripe_client._client.cache_clear()
    yield
    stripe_client._client.cache_clear()


@pytest.mark.usefixtures("no_second_try")
def test_a_session_whose_answer_was_lost_is_found_by_the_purchase_it_names(shop: Shop) -> None:
    shop.simulator.control("faults", phase="after", path="checkout/sessions", status=500)
    with pytest.raises(AppError):
        shop.start()
    purchase = Purchase.objects.get()
    assert (purchase.state, purchase.stripe_session) == (State.CREATED, None)
    assert sweeps.settle_sessions() == 1
    session = shop.simulator.client.v1.checkout.sessions.list().data[0]
    purchase.refresh_from_db()
    assert purchase.stripe_session == session.id
    shop.simulator.pay(session.url or "", ACCEPTED)
    assert sweeps.settle_sessions() == 1
    assert (state_of(purchase), shop.available) == (State.FULFILLED, 50)


def test_what_was_never_opened_fails_after_a_day(shop: Shop) -> None:
    shop.simulator.control("faults", phase="before", path="checkout/sessions", status=500, remaining=3)
    with pytest.raises(AppError):
        shop.start()
    purchase = Purchase.objects.get()
    sweeps.settle_sessions()
    assert state_of(purchase) == State.CREATED
    age(purchase)
    sweeps.settle_sessions()
    assert state_of(purchase) == State.FAILED


def test_who_is_too_old_for_the_list_is_asked_for_by_itself(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = shop.paid()
    age(purchase)
    monkeypatch.setattr(sweeps, "LISTED", -timedelta(minutes=10))  # an empty list
    assert sweeps.settle_sessions() == 1
    assert (state_of(purchase), shop.available) == (State.FULFILLED, 50)


def test_a_session_of_a_purchase_that_is_not_there_waits_for_a_person(shop: Shop) -> None:
    foreign = shop.simulator.order(client_reference_id="order-17")
    lost = shop.simulator.order(client_reference_id="pur_restored_from_an_older_backup")
    assert foreign.id != lost.id
    assert sweeps.settle_sessions() == 0
    finding = ReconciliationFinding.objects.get()
    assert (finding.kind, finding.subject, finding.state) == ("session", lost.id, "open")
    assert "UnknownSession" in finding.detail
