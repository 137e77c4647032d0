"""Bad weather for events: lost, doubled, late, spoiled on order or by chance, and found again."""

import pytest
import stripe

from tests.billing.simulator import SECRET, Endpoint, Received, Simulator, eventually

TYPE = "customer.created"


def customers(simulator: Simulator, count: int) -> list[str]:
    return [simulator.client.v1.customers.create({"name": str(number)}).id for number in range(count)]


def accepts(received: Received) -> bool:
    try:
        stripe.Webhook.construct_event(received.body, received.signature, SECRET)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_everything_can_come_twice(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/weather", duplicate=1)
    made = customers(simulator, 3)
    for customer in made:
        assert endpoint.await_event(customer, TYPE, 2).body == endpoint.of(customer, TYPE)[0].body


def test_everything_can_be_lost_and_replayed(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/weather", drop=1)
    made = customers(simulator, 3)
    lost = simulator.client.v1.events.list({"delivery_success": False, "types": [TYPE], "limit": 3})
    assert {event.data.object["id"] for event in lost} == set(made)
    assert not endpoint.received
    assert simulator.control("deliveries/replay")["replayed"] >= 3
    for customer in made:
        assert endpoint.await_event(customer, TYPE)


def test_delays_lose_the_order(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/weather", delay_s=2, seed=7)
    made = customers(simulator, 8)
    eventually(lambda: len(endpoint.received) >= 8)
    arrived = [one.event["data"]["object"]["id"] for one in endpoint.received]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


@pytest.mark.parametrize("manner", ["forged", "stale"])
def test_a_spoiled_delivery_does_not_verify(simulator: Simulator, endpoint: Endpoint, manner: str) -> None:
    customer = customers(simulator, 1)[0]
    good = endpoint.await_event(customer, TYPE)
    assert accepts(good)
    endpoint.replies.append(400)
    simulator.control("deliveries/duplicate", event=good.event["id"], manner=manner)
    spoiled = endpoint.await_event(customer, TYPE, 2)
    assert spoiled.body == good.body
    assert not accepts(spoiled)


def test_a_delivery_can_be_dated_ahead(simulator: Simulator, endpoint: Endpoint) -> None:
    customer = customers(simulator, 1)[0]
    good = endpoint.await_event(customer, TYPE)
    simulator.control("deliveries/duplicate", event=good.event["id"], manner="ahead")
    stamps = [int(one.signature[2:12]) for one in (good, endpoint.await_event(customer, TYPE, 2))]
    assert stamps[1] - stamps[0] >= 3600


def test_a_spoiled_delivery_is_not_repeated_and_not_missed(simulator: Simulator, endpoint: Endpoint) -> None:
    customer = customers(simulator, 1)[0]
    event = endpoint.await_event(customer, TYPE).event["id"]
    endpoint.replies.append(400)
    simulator.control("deliveries/duplicate", event=event, manner="forged")
    endpoint.await_event(customer, TYPE, 2)
    found = simulator.client.v1.events
    eventually(lambda: found.retrieve(event).pending_webhooks == 0)
    undelivered = found.list({"delivery_success": False, "types": [TYPE]})
    assert event not in [one.id for one in undelivered]


def test_fine_weather_returns(simulator: Simulator, endpoint: Endpoint) -> None:
    simulator.control("deliveries/weather", drop=1)
    simulator.control("deliveries/weather")
    assert endpoint.await_event(customers(simulator, 1)[0], TYPE)
