"""Debits: the checkout is complete at once, the money comes or fails days later."""

from typing import Any

import pytest
import stripe
import urllib3

from tests.billing.simulator import Endpoint, Simulator, http, submit

GOOD, BAD = "000123456789", "000222222227"


def debit(session: stripe.checkout.Session, account: str) -> urllib3.BaseHTTPResponse:
    page = f"{session.url}?method=debit"
    return submit(page, email="payer@example.org", name="A Payer", account=account)


def debited(simulator: Simulator, account: str, **changes: Any) -> stripe.checkout.Session:
    session = simulator.order(**changes)
    assert debit(session, account).status == 302
    return simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})


def intent_of(session: stripe.checkout.Session) -> stripe.PaymentIntent:
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    return session.payment_intent


def test_the_money_is_under_way(simulator: Simulator, endpoint: Endpoint) -> None:
    session = debited(simulator, GOOD)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert intent_of(session).status == "processing"
    told = endpoint.await_event(session.id, "checkout.session.completed").event["data"]["object"]
    assert told["payment_status"] == "unpaid"
    charge = simulator.client.v1.charges.retrieve(str(intent_of(session).latest_charge))
    assert (charge.status, charge.paid, charge.balance_transaction) == ("pending", False, None)


def test_it_comes_by_itself(simulator: Simulator, endpoint: Endpoint) -> None:
    session = debited(simulator, GOOD, invoice_creation={"enabled": True})
    assert session.invoice is None
    simulator.control("clock", seconds=200)
    told = endpoint.await_event(session.id, "checkout.session.async_payment_succeeded").event
    assert told["data"]["object"]["payment_status"] == "paid"
    assert told["data"]["object"]["invoice"]
    assert endpoint.await_event(intent_of(session).id, "payment_intent.succeeded")
    charge = simulator.client.v1.charges.retrieve(str(intent_of(session).latest_charge))
    assert (charge.status, charge.paid) == ("succeeded", True)
    assert simulator.client.v1.refunds.create({"charge": charge.id}).amount == 2000


def test_it_fails_by_itself(simulator: Simulator, endpoint: Endpoint) -> None:
    session = debited(simulator, BAD)
    simulator.control("clock", seconds=200)
    told = endpoint.await_event(session.id, "checkout.session.async_payment_failed").event
    assert told["data"]["object"]["payment_status"] == "unpaid"
    intent = simulator.client.v1.payment_intents.retrieve(intent_of(session).id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "insufficient_funds"


@pytest.mark.parametrize(("status", "payment"), [("succeeded", "paid"), ("failed", "unpaid")])
def test_a_test_settles_it_when_it_wants(simulator: Simulator, status: str, payment: str) -> None:
    session = debited(simulator, GOOD)
    simulator.control("debits/settle", payment_intent=intent_of(session).id, status=status)
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).payment_status == payment


def test_euros_are_debited_from_an_iban(simulator: Simulator) -> None:
    price = {"currency": "eur", "unit_amount": 2000, "product_data": {"name": "50 credits"}}
    session = debited(simulator, "DE89 3704 0044 0532 0130 00", line_items=[{"price_data": price}])
    assert intent_of(session).status == "processing"


def test_a_real_account_is_refused(simulator: Simulator) -> None:
    assert "one of the test accounts" in debit(simulator.order(), "123").data.decode()


def test_the_shop_can_do_without(simulator: Simulator) -> None:
    session = simulator.order(allowed_payment_method_types=["card"])
    assert "bank account" not in http.request("GET", session.url or "").data.decode()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.order(allowed_payment_method_types=["sepa_debit"])
    assert refused.value.param == "allowed_payment_method_types"
