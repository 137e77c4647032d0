"""Webhooks: signed at each attempt, frozen when made, repeated until accepted, lost or doubled on order."""

import time

import pytest
import stripe

from tests.billing.simulator import DECLINED, SECRET, Endpoint, Simulator, eventually


def paid(simulator: Simulator) -> stripe.checkout.Session:
    session = simulator.order()
    assert simulator.pay(session.url or "").status == 302
    return session


def test_the_sdk_accepts_the_signature(simulator: Simulator, endpoint: Endpoint) -> None:
    session = paid(simulator)
    got = endpoint.await_event(session.id, "checkout.session.completed")
    event = stripe.Webhook.construct_event(got.body, got.signature, SECRET)
    assert event.type == "checkout.session.completed"
    assert event.api_version == stripe.api_version
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(got.body, got.signature, "whsec_other")


def test_checkout_waits_for_the_endpoints_answer(simulator: Simulator, endpoint: Endpoint) -> None:
    session = paid(simulator)
    assert endpoint.of(session.id, "checkout.session.completed")


def test_checkout_does_not_wait_for_ever(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/pause")
    session = paid(simulator)
    assert not endpoint.of(session.id)
    simulator.control("deliveries/resume")
    endpoint.await_event(session.id, "checkout.session.completed")


def test_a_refused_delivery_is_repeated_and_signed_anew(simulator: Simulator, endpoint: Endpoint) -> None:
    endpoint.replies += [500] * 200
    session = paid(simulator)
    first = endpoint.await_event(session.id, "checkout.session.completed")
    eventually(lambda: int(time.time()) > int(first.signature.split(",")[0][2:]))
    endpoint.replies.clear()
    later = endpoint.await_event(session.id, "checkout.session.completed", 2)
    assert later.body == first.body
    eventually(lambda: endpoint.of(session.id, "checkout.session.completed")[-1].signature != first.signature)


def test_the_snapshot_stays_as_it_was(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/pause")
    session = simulator.order()
    simulator.pay(session.url or "", DECLINED)
    intent = str(simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    simulator.pay(session.url or "")
    simulator.control("deliveries/resume")
    made = endpoint.await_event(intent, "payment_intent.created")
    assert made.event["data"]["object"]["status"] == "requires_payment_method"
    assert simulator.client.v1.payment_intents.retrieve(intent).status == "succeeded"
    assert endpoint.await_event(intent, "payment_intent.payment_failed")


def test_an_event_can_come_twice(simulator: Simulator, endpoint: Endpoint) -> None:
    session = paid(simulator)
    first = endpoint.await_event(session.id, "checkout.session.completed")
    simulator.control("deliveries/duplicate", event=first.event["id"], count=2)
    assert endpoint.await_event(session.id, "checkout.session.completed", 3).body == first.body


def test_a_lost_event_is_found_in_the_list(simulator: Simulator, endpoint: Endpoint) -> None:
    session = simulator.order()
    simulator.control("deliveries/drop_next", count=1)
    simulator.client.v1.checkout.sessions.expire(session.id)
    missing = simulator.client.v1.events.list(
        {"delivery_success": False, "types": ["checkout.session.expired"]}
    )
    assert session.id in [event.data.object["id"] for event in missing]
    assert not endpoint.of(session.id)
    simulator.client.v1.checkout.sessions.expire(simulator.order().id)
    event = next(event.id for event in missing if event.data.object["id"] == session.id)
    simulator.control("deliveries/duplicate", event=event)
    assert endpoint.await_event(session.id, "checkout.session.expired")


def test_two_secrets_sign_while_one_is_rotated(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("webhook", url=endpoint.url, secrets=f"{SECRET},whsec_next")
    session = paid(simulator)
    got = endpoint.await_event(session.id, "checkout.session.completed")
    for secret in (SECRET, "whsec_next"):
        assert stripe.Webhook.construct_event(got.body, got.signature, secret)


def test_events_carry_the_request_that_made_them(simulator: Simulator, endpoint: Endpoint) -> None:
    made = simulator.client.v1.customers.create({}, {"idempotency_key": f"cause-{time.time_ns()}"})
    event = endpoint.await_event(made.id, "customer.created").event
    assert event["request"]["id"] == made.last_response.request_id  # type: ignore[union-attr]
    assert event["request"]["idempotency_key"].startswith("cause-")
