"""Saved cards at the checkout: kept when the customer ticks the box, offered again, paid with at a click."""

from typing import Any

import pytest
import stripe

from tests.billing.simulator import CHALLENGED_ALWAYS, DECLINED, Simulator, http, submit

CHOICE = {"payment_method_save": "enabled"}


@pytest.fixture
def customer(simulator: Simulator) -> str:
    return simulator.client.v1.customers.create({"email": "saver@example.org"}).id


def opened(simulator: Simulator, customer: str, **changes: Any) -> stripe.checkout.Session:
    return simulator.order(customer=customer, saved_payment_method_options=CHOICE, **changes)


def saved(simulator: Simulator, customer: str) -> str:
    session = opened(simulator, customer)
    assert simulator.pay(session.url or "", save="on").status == 302
    return simulator.client.v1.payment_methods.list({"customer": customer}).data[0].id


def use(session: stripe.checkout.Session, card: str) -> Any:
    return submit(session.url or "", action="saved", saved=card)


def test_the_customer_decides(simulator: Simulator, customer: str) -> None:
    session = opened(simulator, customer)
    assert "Save this card" in http.request("GET", session.url or "").data.decode()
    simulator.pay(session.url or "")
    assert not simulator.client.v1.payment_methods.list({"customer": customer}).data
    card = saved(simulator, customer)
    assert simulator.client.v1.payment_methods.retrieve(card).allow_redisplay == "always"


def test_a_saved_card_pays_at_a_click(simulator: Simulator, customer: str) -> None:
    card = saved(simulator, customer)
    session = opened(simulator, customer)
    assert "Use Visa ending in 4242" in http.request("GET", session.url or "").data.decode()
    assert use(session, card).status == 302
    done = simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert (done.payment_status, done.payment_intent.payment_method) == ("paid", card)
    assert done.customer_details is not None
    assert done.customer_details.email == "saver@example.org"


def test_a_saved_card_can_be_refused_or_challenged(simulator: Simulator, customer: str) -> None:
    card = saved(simulator, customer)
    simulator.control("cards", payment_method=card, acts_as=DECLINED)
    assert use(opened(simulator, customer), card).status == 402
    simulator.control("cards", payment_method=card, acts_as=CHALLENGED_ALWAYS)
    assert "/authenticate/" in use(opened(simulator, customer), card).headers["Location"]


def test_a_card_kept_by_the_shop_is_not_offered(simulator: Simulator, customer: str) -> None:
    simulator.paid(customer=customer, payment_intent_data={"setup_future_usage": "off_session"})
    session = opened(simulator, customer)
    assert "Saved cards" not in http.request("GET", session.url or "").data.decode()
    filters = {"allow_redisplay_filters": ["always", "limited"]}
    asked = simulator.order(customer=customer, saved_payment_method_options=filters)
    assert "Saved cards" in http.request("GET", asked.url or "").data.decode()


def test_another_customers_card_is_not_taken(simulator: Simulator, customer: str) -> None:
    other = simulator.client.v1.customers.create({}).id
    card = saved(simulator, other)
    page = use(opened(simulator, customer), card)
    assert "no longer saved" in page.data.decode()
    assert page.status == 200


def test_options_need_a_customer(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.order(saved_payment_method_options=CHOICE)
    assert refused.value.param == "saved_payment_method_options"
