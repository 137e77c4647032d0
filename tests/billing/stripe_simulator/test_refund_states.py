"""Refunds that take their time, fail after all or are called off: the charge always shows what is refunded."""

import pytest
import stripe

from tests.billing.simulator import REFUND_FAILS, REFUNDED_LATE, Endpoint, Simulator, eventually


def refund(simulator: Simulator, charge: stripe.Charge, amount: int = 500) -> stripe.Refund:
    return simulator.client.v1.refunds.create({"charge": charge.id, "amount": amount})


def refunded(simulator: Simulator, charge: stripe.Charge) -> int:
    return simulator.client.v1.charges.retrieve(charge.id).amount_refunded


def test_a_late_refund_is_pending_until_its_time_comes(simulator: Simulator, endpoint: Endpoint) -> None:
    charge = simulator.paid(number=REFUNDED_LATE)
    made = refund(simulator, charge)
    assert (made.status, made.pending_reason) == ("pending", "processing")
    assert refunded(simulator, charge) == 500
    simulator.control("clock", seconds=200)
    told = endpoint.await_event(made.id, "refund.updated").event
    assert told["data"]["object"]["status"] == "succeeded"
    assert told["data"]["previous_attributes"] == {"status": "pending"}
    assert endpoint.await_event(made.id, "charge.refund.updated")
    assert refunded(simulator, charge) == 500


def test_a_refund_can_fail_after_it_succeeded(simulator: Simulator, endpoint: Endpoint) -> None:
    charge = simulator.paid(number=REFUND_FAILS)
    made = refund(simulator, charge, 2000)
    assert made.status == "succeeded"
    simulator.control("clock", seconds=200)
    told = endpoint.await_event(made.id, "refund.failed").event["data"]["object"]
    assert (told["status"], told["failure_reason"]) == ("failed", "lost_or_stolen_card")
    after = simulator.client.v1.charges.retrieve(charge.id)
    assert (after.amount_refunded, after.refunded) == (0, False)
    booked = simulator.client.v1.balance_transactions.list({"source": made.id})
    assert sorted(row.amount for row in booked) == [-2000, 2000]


def test_a_test_settles_a_refund_when_it_wants(simulator: Simulator) -> None:
    simulator.control("refunds/next", status="pending")
    charge = simulator.paid()
    first, second = refund(simulator, charge), refund(simulator, charge, 300)
    assert (first.status, second.status) == ("pending", "succeeded")
    assert simulator.control("refunds/settle", refund=first.id, status="failed")["status"] == "failed"
    assert refunded(simulator, charge) == 300


def test_what_failed_can_be_refunded_again(simulator: Simulator) -> None:
    charge = simulator.paid()
    made = refund(simulator, charge, 2000)
    simulator.control("refunds/settle", refund=made.id, status="failed")
    assert refund(simulator, charge, 2000).status == "succeeded"


def test_a_refund_that_waits_for_the_customer_can_be_canceled(
    simulator: Simulator, endpoint: Endpoint
) -> None:
    simulator.control("refunds/next", status="requires_action")
    charge = simulator.paid()
    made = refund(simulator, charge)
    canceled = simulator.client.v1.refunds.cancel(made.id)
    assert (canceled.status, canceled.failure_reason) == ("canceled", "merchant_request")
    assert refunded(simulator, charge) == 0
    assert endpoint.await_event(made.id, "refund.updated")
    assert not endpoint.of(made.id, "refund.failed")


def test_a_refund_that_is_done_cannot_be_canceled(simulator: Simulator) -> None:
    made = refund(simulator, simulator.paid())
    with pytest.raises(stripe.InvalidRequestError, match="requires_action"):
        simulator.client.v1.refunds.cancel(made.id)


def test_what_was_settled_by_hand_does_not_settle_by_itself(simulator: Simulator) -> None:
    charge = simulator.paid(number=REFUNDED_LATE)
    made, later = refund(simulator, charge), refund(simulator, charge)
    simulator.control("refunds/settle", refund=made.id, status="failed")
    simulator.control("clock", seconds=200)
    v1 = simulator.client.v1
    eventually(lambda: v1.refunds.retrieve(later.id).status == "succeeded")
    assert v1.refunds.retrieve(made.id).status == "failed"


def test_metadata_of_a_refund_changes(simulator: Simulator) -> None:
    made = refund(simulator, simulator.paid())
    changed = simulator.client.v1.refunds.update(made.id, {"metadata": {"reason": "goodwill"}})
    assert changed.to_dict()["metadata"] == {"reason": "goodwill"}
