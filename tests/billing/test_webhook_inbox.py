"""The inbox: kept once, processed until done, whatever happens in between."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from billing import purchases, stripe_events
from billing.models import Purchase, StripeEvent
from tests.billing.shop import Shop, deliver, deliver_raw, kept
from tests.billing.simulator import SECRET, free_port

Status = StripeEvent.Status


def receive(shop: Shop, client: Client) -> StripeEvent:
    """A paid purchase whose event lies in the inbox."""
    received = shop.completed(shop.paid())
    assert deliver(client, received).status_code == 200
    return kept(received)


def test_processing_brings_the_credits(shop: Shop, client: Client) -> None:
    event = receive(shop, client)
    stripe_events.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.attempts, event.last_error) == (Status.PROCESSED, 1, "")
    assert event.processed_at is not None
    assert shop.available == 50


def test_twice_delivered_is_kept_once_and_granted_once(shop: Shop, client: Client) -> None:
    event = receive(shop, client)
    shop.simulator.control("deliveries/duplicate", event=event.event_id, count=2)
    session = event.payload["data"]["object"]["id"]
    for number in (2, 3):
        again = shop.endpoint.await_event(session, "checkout.session.completed", number)
        assert deliver(client, again).status_code == 200
        stripe_events.process(event.pk)
    assert StripeEvent.objects.count() == 1
    assert (shop.available, shop.grants()) == (50, 1)


@pytest.mark.parametrize("landing_first", [True, False])
def test_the_order_of_landing_and_event_does_not_matter(
    shop: Shop, client: Client, landing_first: bool
) -> None:
    event = receive(shop, client)
    steps: list[Callable[[], object]] = [
        lambda: purchases.fulfill(event.payload["data"]["object"]["id"]),
        lambda: stripe_events.process(event.pk),
    ]
    for step in steps if landing_first else steps[::-1]:
        step()
    event.refresh_from_db()
    assert (event.status, shop.available, shop.grants()) == (Status.PROCESSED, 50, 1)


def test_an_expired_session_closes_its_purchase(shop: Shop, client: Client) -> None:
    purchase = shop.start()
    session = purchase.stripe_session or ""
    shop.simulator.client.v1.checkout.sessions.expire(session)
    received = shop.endpoint.await_event(session, "checkout.session.expired")
    deliver(client, received)
    stripe_events.process(kept(received).pk)
    purchase.refresh_from_db()
    assert (purchase.state, shop.grants()) == (Purchase.State.EXPIRED, 0)


def test_an_old_event_says_nothing_by_itself(shop: Shop, client: Client) -> None:
    """`expired` is delivered, but Stripe says that the session was paid: Stripe is right."""
    paid = shop.paid()
    body = (
        shop.completed(paid).body.decode().replace("checkout.session.completed", "checkout.session.expired")
    )
    signature = stripe_signature(body)
    assert deliver_raw(client, body.encode(), signature).status_code == 200
    stripe_events.process(StripeEvent.objects.get().pk)
    assert shop.available == 50


def stripe_signature(body: str) -> str:
    import stripe

    return stripe.WebhookSignature.generate_signature_header(body, SECRET)


def test_what_it_has_no_use_for_is_kept_and_marked(shop: Shop, client: Client) -> None:
    made = shop.simulator.client.v1.customers.create({})
    received = shop.endpoint.await_event(made.id, "customer.created")
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)
    assert kept(received).status == Status.IGNORED


def test_another_systems_session_is_marked_and_left_alone(shop: Shop, client: Client) -> None:
    foreign = shop.simulator.order(client_reference_id="order-17")
    shop.simulator.pay(foreign.url or "")
    received = shop.endpoint.await_event(foreign.id, "checkout.session.completed")
    deliver(client, received)
    stripe_events.process(kept(received).pk)
    assert kept(received).status == Status.IGNORED
    assert shop.grants() == 0


def test_a_failure_is_written_down_and_made_good(shop: Shop, client: Client, settings: Any) -> None:
    event = receive(shop, client)
    there = settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    stripe_events.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.attempts, shop.grants()) == (Status.FAILED, 1, 0)
    assert "APIConnectionError" in event.last_error
    settings.STRIPE_API_BASE = there
    StripeEvent.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert stripe_events.sweep() == 1
    event.refresh_from_db()
    assert (event.status, event.attempts, event.last_error) == (Status.PROCESSED, 2, "")
    assert shop.available == 50


def test_effect_and_mark_stand_or_fall_together(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = receive(shop, client)
    finish = stripe_events._finish

    def breaks(*args: Any) -> None:
        raise OperationalError("the connection went away")

    monkeypatch.setattr(stripe_events, "_finish", breaks)
    stripe_events.process(event.pk)
    assert shop.grants() == 0
    monkeypatch.setattr(stripe_events, "_finish", finish)
    stripe_events.process(event.pk)
    assert (shop.available, shop.grants()) == (50, 1)


def test_the_sweep_finds_what_no_worker_was_told(shop: Shop, client: Client) -> None:
    event = receive(shop, client)
    assert stripe_events.sweep() == 0  # too young: its worker may be about to begin
    StripeEvent.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    assert stripe_events.sweep() == 1
    assert shop.available == 50
    assert stripe_events.sweep() == 0
    event.refresh_from_db()
    assert event.attempts == 1


def test_each_further_attempt_waits_longer(shop: Shop, client: Client) -> None:
    receive(shop, client)
    now = timezone.now()
    StripeEvent.objects.update(received_at=now - timedelta(minutes=3), attempts=2, status=Status.FAILED)
    assert list(stripe_events.overdue(now)) == []
    assert len(list(stripe_events.overdue(now + timedelta(minutes=2)))) == 1
    StripeEvent.objects.update(attempts=stripe_events.MAX_ATTEMPTS)
    assert list(stripe_events.overdue(now + timedelta(days=30))) == []


def test_a_dead_broker_costs_nothing() -> None:
    """The hint is lost in silence; the sweep above is what makes it good."""
    program = "import django; django.setup(); import config.celery, billing.stripe_events as e; e.publish(1)"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "event_hint_not_sent" in done.stderr + done.stdout


def test_a_database_that_refuses_is_503_so_that_it_comes_again(shop: Shop, client: Client) -> None:
    received = shop.completed(shop.paid())

    def refuse(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith("INSERT") and "billing_stripeevent" in sql:
            raise OperationalError("database is locked")
        return execute(sql, *args)

    with connection.execute_wrapper(refuse):
        reply = deliver(client, received)
    assert (reply.status_code, reply["Retry-After"]) == (503, "30")
    assert not StripeEvent.objects.exists()
    assert deliver(client, received).status_code == 200
