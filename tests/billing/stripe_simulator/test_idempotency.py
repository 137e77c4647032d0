"""Idempotency keys behave as Stripe's: one execution, replay of whatever it answered, mismatch refused."""

import threading
from typing import Any

import pytest
import stripe

from tests.billing.simulator import API_KEY, Simulator, eventually


def create(simulator: Simulator, key: str, **params: Any) -> stripe.Customer:
    return simulator.client.v1.customers.create(params, {"idempotency_key": key})


def header(answer: Any, name: str) -> str | None:
    found: str | None = answer.last_response.headers.get(name)
    return found


def test_the_same_key_answers_the_same_object(simulator: Simulator) -> None:
    first = create(simulator, "same", name="Ada")
    again = create(simulator, "same", name="Ada")
    assert again.id == first.id
    assert header(first, "Idempotent-Replayed") is None
    assert header(again, "Idempotent-Replayed") == "true"


def test_other_parameters_are_refused(simulator: Simulator) -> None:
    create(simulator, "mismatch", name="Ada")
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(simulator, "mismatch", name="Eve")
    assert refused.value.http_status == 400


def test_a_refused_parameter_leaves_the_key_free(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(simulator, "free", nickname="Ada")
    assert create(simulator, "free", name="Ada").name == "Ada"


def test_a_failure_inside_is_replayed(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", phase="handler", status=500)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            create(simulator, "broken", name="Broken")
        assert failed.value.http_status == 500
    assert failed.value.headers["Idempotent-Replayed"] == "true"


def test_a_failure_at_the_door_is_not(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", phase="before", status=503)
    with pytest.raises(stripe.APIError):
        create(simulator, "door", name="Door")
    assert create(simulator, "door", name="Door").name == "Door"


def test_a_lost_reply_is_found_again_by_the_sdks_retry(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", phase="after", status=500)
    client = simulator.client_with(API_KEY, retries=1)
    made = client.v1.customers.create({"email": "lost@example.org"}, {"idempotency_key": "lost"})
    assert header(made, "Idempotent-Replayed") == "true"
    assert [one.id for one in client.v1.customers.list({"email": "lost@example.org"})] == [made.id]


def test_the_second_of_two_at_once_is_told_to_wait(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", phase="handler", status=0, delay_s=4)
    statuses: list[int | None] = []

    def attempt() -> None:
        try:
            create(simulator, "busy", name="Busy")
            statuses.append(200)
        except stripe.StripeError as exc:
            statuses.append(exc.http_status)

    slow = threading.Thread(target=attempt)
    slow.start()
    eventually(lambda: simulator.faults_waiting() == 0)  # it has met its delay
    attempt()
    slow.join()
    assert sorted(status or 0 for status in statuses) == [200, 409]
    attempt()
    assert statuses[-1] == 200
