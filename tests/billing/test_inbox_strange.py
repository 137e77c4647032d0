"""Events that come in another order, about unknown objects, or in another version of the API."""

import json
from datetime import timedelta

import stripe
from django.test import Client
from django.utils import timezone

from billing import stripe_events, sweeps
from billing.models import Purchase, StripeEvent
from tests.billing.shop import Shop, deliver, deliver_raw, kept
from tests.billing.simulator import SECRET

Status = StripeEvent.Status


def signed(body: str) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, SECRET)


def test_the_end_before_the_beginning(shop: Shop, client: Client) -> None:
    """`expired` of a first session and `completed` of a second, both told backwards."""
    first = shop.start()
    shop.simulator.client.v1.checkout.sessions.expire(first.stripe_session or "")
    expired = shop.endpoint.await_event(first.stripe_session or "", "checkout.session.expired")
    completed = shop.completed(shop.paid())
    for received in (completed, expired):
        deliver(client, received)
    for event in StripeEvent.objects.order_by("-pk"):
        stripe_events.process(event.pk)
    assert [p.state for p in Purchase.objects.order_by("pk")] == ["expired", "fulfilled"]
    assert (shop.available, shop.grants()) == (50, 1)


def test_an_object_that_stripe_does_not_know_is_tried_again_until_it_does(shop: Shop, client: Client) -> None:
    received = shop.completed(shop.paid())
    event = received.event
    real = event["data"]["object"]["id"]
    event["data"]["object"]["id"] = "cs_test_not_there_yet"
    body = json.dumps(event)
    assert deliver_raw(client, body.encode(), signed(body)).status_code == 200
    stripe_events.process(kept(received).pk)
    row = kept(received)
    assert (row.status, row.attempts) == (Status.FAILED, 1)
    assert "No such" in row.last_error
    row.payload["data"]["object"]["id"] = real
    row.received_at = timezone.now() - timedelta(hours=1)
    row.save()
    assert stripe_events.sweep() == 1
    assert (kept(received).status, shop.available) == (Status.PROCESSED, 50)


def test_another_version_is_refused_at_the_door_and_found_by_the_sweep(shop: Shop, client: Client) -> None:
    shop.endpoint.replies.extend([400] * 50)
    received = shop.completed(shop.paid())
    body = json.dumps({**received.event, "api_version": "2020-08-27"})
    assert deliver_raw(client, body.encode(), signed(body)).status_code == 400
    assert not StripeEvent.objects.exists()
    sweeps.take_undelivered(timedelta(seconds=-1))
    assert kept(received).source == StripeEvent.Source.SWEEP
    assert (kept(received).status, shop.available) == (Status.PROCESSED, 50)
