"""Answers that never come: before anything was done, or after it was done for good."""

import pytest
import stripe

from tests.billing.simulator import API_KEY, Simulator, eventually


def give_up(simulator: Simulator, email: str) -> None:
    impatient = simulator.client_with(API_KEY, patience_s=0.5)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.customers.create({"email": email}, {"idempotency_key": email})
    eventually(lambda: simulator.faults_waiting() == 0)


def test_it_was_done_all_the_same(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", method="POST", phase="after", status=0, delay_s=2)
    give_up(simulator, "after@example.org")
    listed = simulator.client.v1.customers.list
    eventually(lambda: bool(listed({"email": "after@example.org"}).data))
    found = listed({"email": "after@example.org"}).data
    again = simulator.client.v1.customers.create(
        {"email": "after@example.org"}, {"idempotency_key": "after@example.org"}
    )
    assert [one.id for one in found] == [again.id]


def test_it_was_never_done(simulator: Simulator) -> None:
    simulator.control("faults", path="customers", method="POST", phase="before", status=503, delay_s=2)
    give_up(simulator, "before@example.org")
    made = simulator.client.v1.customers.create(
        {"email": "before@example.org"}, {"idempotency_key": "before@example.org"}
    )
    found = simulator.client.v1.customers.list({"email": "before@example.org"})
    assert [one.id for one in found] == [made.id]


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_the_next_calls_fail_as_often_as_ordered(simulator: Simulator, status: int) -> None:
    simulator.control("faults", path="customers", phase="before", status=status, remaining=2)
    for _ in range(2):
        with pytest.raises(stripe.StripeError) as failed:
            simulator.client.v1.customers.list()
        assert failed.value.http_status == status
    assert simulator.client.v1.customers.list() is not None
