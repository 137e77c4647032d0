"""Charging a saved card while the customer is away: it works, is refused, or needs them after all."""

from typing import Any

import pytest
import stripe

from tests.billing.simulator import CHALLENGED_ALWAYS, CHALLENGED_ONCE, Endpoint, Simulator, http, submit


@pytest.fixture
def customer(simulator: Simulator) -> str:
    return simulator.client.v1.customers.create({"email": "away@example.org"}).id


def charge(simulator: Simulator, customer: str, method: str, **changes: Any) -> stripe.PaymentIntent:
    order: Any = {
        "amount": 2000,
        "currency": "usd",
        "customer": customer,
        "payment_method": method,
        "allowed_payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
        "metadata": {"purchase": "pur_1"},
        **changes,
    }
    return simulator.client.v1.payment_intents.create(order)


def saved(simulator: Simulator, customer: str, name: str) -> str:
    return simulator.client.v1.payment_methods.attach(name, {"customer": customer}).id


def test_a_good_card_is_charged(simulator: Simulator, customer: str, endpoint: Endpoint) -> None:
    intent = charge(simulator, customer, saved(simulator, customer, "pm_card_visa"))
    assert (intent.status, intent.amount_received, intent.customer) == ("succeeded", 2000, customer)
    told = endpoint.await_event(intent.id, "payment_intent.succeeded").event["data"]["object"]
    assert told["metadata"] == {"purchase": "pur_1"}
    assert endpoint.await_event(str(intent.latest_charge), "charge.succeeded")
    refund = simulator.client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.amount == 2000


def test_a_refused_card_answers_402_with_the_intent(
    simulator: Simulator, customer: str, endpoint: Endpoint
) -> None:
    card = saved(simulator, customer, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as refused:
        charge(simulator, customer, card)
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, refused.value.code, error.decline_code) == (
        402,
        "card_declined",
        "generic_decline",
    )
    intent = simulator.client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert endpoint.await_event(intent.id, "payment_intent.payment_failed")


def test_the_refusal_is_replayed_and_charges_once(simulator: Simulator, customer: str) -> None:
    card = saved(simulator, customer, "pm_card_chargeCustomerFail")
    found = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            simulator.client.v1.payment_intents.create(
                {
                    "amount": 700,
                    "currency": "usd",
                    "customer": customer,
                    "payment_method": card,
                    "allowed_payment_method_types": ["card"],
                    "off_session": True,
                    "confirm": True,
                },
                {"idempotency_key": f"attempt-{customer}"},
            )
        assert refused.value.error is not None
        found.add(refused.value.error.payment_intent.id)
    assert len(found) == 1
    assert len(simulator.client.v1.charges.list({"payment_intent": found.pop()}).data) == 1


def test_a_card_that_wants_its_holder_answers_authentication_required(
    simulator: Simulator, customer: str
) -> None:
    card = saved(simulator, customer, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        charge(simulator, customer, card)
    assert refused.value.code == "authentication_required"
    assert refused.value.error is not None
    assert refused.value.error.payment_intent.status == "requires_payment_method"


def test_the_customer_can_finish_it_later(simulator: Simulator, customer: str, endpoint: Endpoint) -> None:
    card = saved(simulator, customer, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        charge(simulator, customer, card)
    assert refused.value.error is not None
    intent = simulator.client.v1.payment_intents.confirm(
        refused.value.error.payment_intent.id,
        {"payment_method": card, "return_url": "http://127.0.0.1:9/back"},
    )
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    page = intent.next_action.redirect_to_url.url or ""
    assert "3-D Secure" in http.request("GET", page).data.decode()
    reply = submit(page, answer="complete")
    assert reply.headers["Location"].startswith(f"http://127.0.0.1:9/back?payment_intent={intent.id}")
    assert "redirect_status=succeeded" in reply.headers["Location"]
    told = endpoint.await_event(intent.id, "payment_intent.succeeded").event["data"]["object"]
    assert told["metadata"] == {"purchase": "pur_1"}
    assert http.request("GET", page).status == 410


def test_a_card_set_up_at_the_checkout_needs_no_holder_later(simulator: Simulator, customer: str) -> None:
    keep = {"setup_future_usage": "off_session"}
    session = simulator.order(customer=customer, payment_intent_data=keep)
    answer(simulator, session, CHALLENGED_ONCE)
    card = simulator.client.v1.payment_methods.list({"customer": customer}).data[0]
    assert charge(simulator, customer, card.id).status == "succeeded"


def test_some_cards_need_their_holder_every_time(simulator: Simulator, customer: str) -> None:
    keep = {"setup_future_usage": "off_session"}
    session = simulator.order(customer=customer, payment_intent_data=keep)
    answer(simulator, session, CHALLENGED_ALWAYS)
    card = simulator.client.v1.payment_methods.list({"customer": customer}).data[0]
    with pytest.raises(stripe.CardError) as refused:
        charge(simulator, customer, card.id)
    assert refused.value.code == "authentication_required"


def answer(simulator: Simulator, session: stripe.checkout.Session, number: str) -> None:
    page = simulator.pay(session.url or "", number).headers["Location"]
    reply = submit(page, answer="complete")
    assert reply.status == 302


def test_without_a_place_to_return_to_it_is_refused(simulator: Simulator, customer: str) -> None:
    card = saved(simulator, customer, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        simulator.client.v1.payment_intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer,
                "payment_method": card,
                "off_session": True,
                "confirm": True,
            }
        )


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"amount": 10}, "amount"),
        ({"payment_method": "pm_none"}, "payment_method"),
        ({"customer": "cus_none"}, "customer"),
        ({"confirm": False}, "off_session"),
        ({"colour": "red"}, "colour"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types"),
    ],
)
def test_what_cannot_be_charged_is_refused_by_name(
    simulator: Simulator, customer: str, changes: dict[str, Any], param: str
) -> None:
    card = saved(simulator, customer, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charge(simulator, **{"customer": customer, "method": card, **changes})
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_another_customers_card_is_refused(simulator: Simulator, customer: str) -> None:
    other = simulator.client.v1.customers.create({}).id
    card = saved(simulator, other, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError, match="another Customer"):
        charge(simulator, customer, card)


def test_an_unpaid_intent_can_be_canceled_once(simulator: Simulator, endpoint: Endpoint) -> None:
    v1 = simulator.client.v1
    intent = v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    assert v1.payment_intents.cancel(intent.id).status == "canceled"
    assert endpoint.await_event(intent.id, "payment_intent.canceled")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_checkouts_intent_belongs_to_the_checkout(simulator: Simulator) -> None:
    charge = simulator.paid()
    with pytest.raises(stripe.InvalidRequestError, match="created by a Checkout Session"):
        simulator.client.v1.payment_intents.cancel(str(charge.payment_intent))
