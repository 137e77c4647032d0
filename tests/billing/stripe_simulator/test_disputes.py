"""Disputes: an inquiry moves no money, a chargeback takes it, a won one brings it back."""

from typing import Any

import pytest
import stripe

from tests.billing.simulator import DISPUTED, INQUIRED, Endpoint, Simulator, eventually

EVIDENCE = {"uncategorized_text": "winning_evidence"}


def moved(simulator: Simulator, dispute: str) -> list[tuple[int, int]]:
    """(amount, fee) of what the dispute moved, oldest first."""
    rows = simulator.client.v1.balance_transactions.list({"source": dispute}).data
    return [(row.amount, row.fee) for row in reversed(rows)]


def opened(simulator: Simulator, **order: Any) -> stripe.Dispute:
    charge = simulator.paid()
    return simulator.client.v1.disputes.retrieve(
        simulator.control("disputes", charge=charge.id, **order)["id"]
    )


def advance(simulator: Simulator, dispute: stripe.Dispute, status: str) -> stripe.Dispute:
    simulator.control("disputes/advance", dispute=dispute.id, status=status)
    return simulator.client.v1.disputes.retrieve(dispute.id)


def test_a_chargeback_takes_amount_and_fee(simulator: Simulator, endpoint: Endpoint) -> None:
    dispute = opened(simulator)
    assert (dispute.status, dispute.amount, dispute.is_charge_refundable) == ("needs_response", 2000, False)
    assert moved(simulator, dispute.id) == [(-2000, 1500)]
    assert [row.net for row in dispute.balance_transactions] == [-3500]
    assert endpoint.await_event(dispute.id, "charge.dispute.created")
    assert endpoint.await_event(dispute.id, "charge.dispute.funds_withdrawn")
    assert simulator.client.v1.charges.retrieve(str(dispute.charge)).disputed


def test_a_won_chargeback_brings_the_money_back(simulator: Simulator, endpoint: Endpoint) -> None:
    dispute = advance(simulator, opened(simulator), "under_review")
    dispute = advance(simulator, dispute, "won")
    assert moved(simulator, dispute.id) == [(-2000, 1500), (2000, 0)]
    assert endpoint.await_event(dispute.id, "charge.dispute.closed")
    assert endpoint.await_event(dispute.id, "charge.dispute.funds_reinstated")
    assert simulator.client.v1.refunds.create({"charge": str(dispute.charge)}).status == "succeeded"


def test_a_lost_chargeback_stays_taken(simulator: Simulator, endpoint: Endpoint) -> None:
    dispute = advance(simulator, opened(simulator, amount=700), "lost")
    assert moved(simulator, dispute.id) == [(-700, 1500)]
    assert endpoint.await_event(dispute.id, "charge.dispute.closed")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.client.v1.refunds.create({"charge": str(dispute.charge)})
    assert refused.value.code == "charge_disputed"


def test_an_inquiry_moves_nothing_and_grows_into_a_chargeback(simulator: Simulator) -> None:
    dispute = opened(simulator, status="warning_needs_response")
    assert moved(simulator, dispute.id) == []
    assert advance(simulator, dispute, "needs_response").status == "needs_response"
    assert moved(simulator, dispute.id) == [(-2000, 1500)]


def test_a_full_refund_closes_an_inquiry(simulator: Simulator, endpoint: Endpoint) -> None:
    dispute = opened(simulator, status="warning_needs_response")
    simulator.client.v1.refunds.create({"charge": str(dispute.charge)})
    assert simulator.client.v1.disputes.retrieve(dispute.id).status == "warning_closed"
    assert endpoint.await_event(dispute.id, "charge.dispute.closed")


def test_a_prevented_dispute_is_over_at_once(simulator: Simulator, endpoint: Endpoint) -> None:
    dispute = opened(simulator, status="prevented")
    assert (dispute.status, moved(simulator, dispute.id)) == ("prevented", [])
    assert endpoint.await_event(dispute.id, "charge.dispute.closed")


def test_a_refunded_charge_can_be_disputed(simulator: Simulator) -> None:
    charge = simulator.paid()
    simulator.client.v1.refunds.create({"charge": charge.id, "amount": 500})
    dispute = simulator.control("disputes", payment_intent=charge.payment_intent)
    found = simulator.client.v1.disputes.list({"charge": charge.id})
    assert [one.id for one in found] == [dispute["id"]]


@pytest.mark.parametrize(
    ("number", "status"), [(DISPUTED, "needs_response"), (INQUIRED, "warning_needs_response")]
)
def test_some_cards_dispute_by_themselves(simulator: Simulator, number: str, status: str) -> None:
    charge = simulator.paid(number=number)
    v1 = simulator.client.v1
    eventually(lambda: bool(v1.disputes.list({"charge": charge.id}).data))
    assert v1.disputes.list({"charge": charge.id}).data[0].status == status


def test_evidence_wins_it(simulator: Simulator) -> None:
    dispute = opened(simulator)
    v1 = simulator.client.v1
    kept = v1.disputes.update(dispute.id, {"evidence": EVIDENCE, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    sent = v1.disputes.update(dispute.id, {"evidence": EVIDENCE})
    assert sent.status == "won"
    with pytest.raises(stripe.InvalidRequestError):
        v1.disputes.update(dispute.id, {"evidence": EVIDENCE})


def test_giving_up_loses_it(simulator: Simulator) -> None:
    dispute = opened(simulator)
    assert simulator.client.v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        simulator.client.v1.disputes.close(dispute.id)
