"""Refunds: in parts, up to the charge, seen on the charge and in the balance."""

import pytest
import stripe

from tests.billing.simulator import Endpoint, Simulator


@pytest.fixture
def intent(simulator: Simulator) -> str:
    session = simulator.order(amount=2000)
    simulator.pay(session.url or "")
    return str(simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent)


def test_parts_add_up(simulator: Simulator, intent: str, endpoint: Endpoint) -> None:
    v1 = simulator.client.v1
    first = v1.refunds.create({"payment_intent": intent, "amount": 500})
    charge = v1.charges.retrieve(str(first.charge))
    assert (charge.amount_refunded, charge.refunded) == (500, False)
    rest = v1.refunds.create({"payment_intent": intent})
    assert rest.amount == 1500
    assert v1.charges.retrieve(str(first.charge)).refunded
    assert [one.id for one in v1.refunds.list({"payment_intent": intent})] == [rest.id, first.id]
    assert endpoint.await_event(rest.id, "refund.created")
    assert endpoint.await_event(charge.id, "charge.refunded", 2)


def test_more_than_is_left_is_refused(simulator: Simulator, intent: str) -> None:
    v1 = simulator.client.v1
    v1.refunds.create({"payment_intent": intent, "amount": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        v1.refunds.create({"payment_intent": intent, "amount": 501})
    v1.refunds.create({"payment_intent": intent, "amount": 500})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"


def test_the_balance_shows_both(simulator: Simulator, intent: str) -> None:
    v1 = simulator.client.v1
    refund = v1.refunds.create({"payment_intent": intent, "amount": 500}, {})
    charge = v1.charges.retrieve(str(refund.charge), {"expand": ["balance_transaction"]})
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.net == 2000 - charge.balance_transaction.fee
    assert [row.amount for row in v1.balance_transactions.list({"source": refund.id})] == [-500]
