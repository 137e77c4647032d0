"""Payment methods: saved by a checkout or through the API, listed, and gone for good once detached."""

import pytest
import stripe

from tests.billing.simulator import DECLINED, Endpoint, Simulator


@pytest.fixture
def customer(simulator: Simulator) -> str:
    return simulator.client.v1.customers.create({"email": "saver@example.org"}).id


def test_a_checkout_saves_the_card_it_was_asked_to(
    simulator: Simulator, customer: str, endpoint: Endpoint
) -> None:
    charge = simulator.paid(customer=customer, payment_intent_data={"setup_future_usage": "off_session"})
    found = simulator.client.v1.payment_methods.list({"customer": customer, "type": "card"}).data
    assert [method.id for method in found] == [charge.payment_method]
    assert found[0].card is not None
    assert (found[0].card.brand, found[0].card.last4) == ("visa", "4242")
    assert found[0].allow_redisplay == "limited"
    assert endpoint.await_event(found[0].id, "payment_method.attached")


def test_a_checkout_that_was_not_asked_saves_nothing(simulator: Simulator, customer: str) -> None:
    simulator.paid(customer=customer)
    assert not simulator.client.v1.payment_methods.list({"customer": customer}).data


def test_a_test_card_is_attached_by_its_name(simulator: Simulator, customer: str) -> None:
    v1 = simulator.client.v1
    made = v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    assert [one.id for one in v1.customers.payment_methods.list(customer)] == [made.id]
    assert v1.customers.payment_methods.retrieve(customer, made.id).customer == customer
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        v1.payment_methods.attach(made.id, {"customer": customer})


def test_a_card_that_is_refused_is_not_saved(simulator: Simulator, customer: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        simulator.client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")


def test_a_detached_card_is_gone_for_good(simulator: Simulator, customer: str, endpoint: Endpoint) -> None:
    v1 = simulator.client.v1
    made = v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": made.id}})
    assert v1.payment_methods.detach(made.id).customer is None
    assert endpoint.await_event(made.id, "payment_method.detached")
    assert not v1.payment_methods.list({"customer": customer}).data
    settings = v1.customers.retrieve(customer).invoice_settings
    assert settings is not None
    assert settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        v1.payment_methods.attach(made.id, {"customer": customer})


def test_a_saved_card_can_turn_bad(simulator: Simulator, customer: str) -> None:
    v1 = simulator.client.v1
    made = v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    simulator.control("cards", payment_method=made.id, acts_as=DECLINED)
    with pytest.raises(stripe.CardError):
        v1.payment_intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer,
                "payment_method": made.id,
                "allowed_payment_method_types": ["card"],
                "off_session": True,
                "confirm": True,
            }
        )
