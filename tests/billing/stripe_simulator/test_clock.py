"""The test clock: sessions expire, keys are forgotten, and the present returns with a reset."""

import stripe

from tests.billing.simulator import SECRET, Endpoint, Simulator, eventually

DAY_S = 24 * 3600


def test_a_session_expires_in_time(simulator: Simulator, endpoint: Endpoint) -> None:
    session = simulator.order()
    simulator.control("clock", seconds=DAY_S - 60)
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).status == "open"
    simulator.control("clock", seconds=120)
    assert endpoint.await_event(session.id, "checkout.session.expired")
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert simulator.pay(session.url or "").status == 410


def test_an_expired_session_cancels_its_intent(simulator: Simulator, endpoint: Endpoint) -> None:
    session = simulator.order()
    simulator.pay(session.url or "", "4000000000000002")
    intent = str(simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    simulator.control("clock", seconds=DAY_S + 60)
    assert endpoint.await_event(intent, "payment_intent.canceled")
    eventually(lambda: simulator.client.v1.payment_intents.retrieve(intent).status == "canceled")


def test_a_key_is_forgotten_after_a_day(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    key: stripe.RequestOptions = {"idempotency_key": "a-day"}
    first = v1.customers.create({"name": "Ada"}, key)
    simulator.control("clock", seconds=DAY_S - 60)
    assert v1.customers.create({"name": "Ada"}, key).id == first.id
    simulator.control("clock", seconds=120)
    assert v1.customers.create({"name": "Eve"}, key).id != first.id


def test_signatures_keep_the_real_time(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("clock", seconds=DAY_S)
    made = simulator.client.v1.customers.create({})
    got = endpoint.await_event(made.id, "customer.created")
    assert stripe.Webhook.construct_event(got.body, got.signature, SECRET).created == made.created


def test_a_reset_brings_the_present_back(simulator: Simulator, endpoint: Endpoint) -> None:
    before = simulator.client.v1.customers.create({}).created
    simulator.control("clock", seconds=DAY_S)
    assert simulator.client.v1.customers.create({}).created >= before + DAY_S
    simulator.control("reset", url=endpoint.url, secrets=SECRET)
    assert simulator.client.v1.customers.create({}).created < before + DAY_S
