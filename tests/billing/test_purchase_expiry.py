"""Abandoned checkouts: the payment page closes after a day, and nothing is charged or granted."""

from django.test import Client

from billing import purchases, stripe_events
from billing.models import Purchase
from tests.billing.shop import Shop, deliver, kept
from tests.billing.simulator import eventually

State = Purchase.State
DAY_S = 24 * 3600


def test_a_page_that_nobody_paid_on_closes_after_a_day(shop: Shop) -> None:
    purchase = shop.start()
    session = purchase.stripe_session or ""
    shop.simulator.control("clock", seconds=DAY_S - 60)
    assert purchases.fulfill(session).state == State.OPEN
    shop.simulator.control("clock", seconds=120)
    eventually(lambda: purchases.fulfill(session).state == State.EXPIRED)
    assert shop.pay(purchase) == 410
    assert shop.grants() == 0


def test_the_event_alone_closes_the_purchase(shop: Shop, client: Client) -> None:
    purchase = shop.start()
    session = purchase.stripe_session or ""
    shop.simulator.client.v1.checkout.sessions.expire(session)
    received = shop.endpoint.await_event(session, "checkout.session.expired")
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)
    purchase.refresh_from_db()
    assert (purchase.state, kept(received).status) == (State.EXPIRED, "processed")
