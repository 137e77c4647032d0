"""Customers come, change and go."""

import pytest
import stripe

from tests.billing.simulator import Endpoint, Simulator


def test_a_deleted_customer_is_only_an_id(simulator: Simulator, endpoint: Endpoint) -> None:
    v1 = simulator.client.v1
    made = v1.customers.create({"email": "gone@example.org"})
    card = v1.payment_methods.attach("pm_card_visa", {"customer": made.id})
    assert v1.customers.delete(made.id).deleted
    assert v1.customers.retrieve(made.id).to_dict() == {
        "id": made.id,
        "object": "customer",
        "deleted": True,
    }
    assert not v1.customers.list({"email": "gone@example.org"}).data
    assert v1.payment_methods.retrieve(card.id).customer is None
    told = endpoint.await_event(made.id, "customer.deleted").event["data"]["object"]
    assert told["email"] == "gone@example.org"


def test_nothing_can_be_done_with_it(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    gone = v1.customers.create({}).id
    v1.customers.delete(gone)
    with pytest.raises(stripe.InvalidRequestError) as changed:
        v1.customers.update(gone, {"name": "Ada"})
    assert (changed.value.http_status, changed.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as ordered:
        simulator.order(customer=gone)
    assert (ordered.value.http_status, ordered.value.param) == (400, "customer")
    with pytest.raises(stripe.InvalidRequestError):
        v1.customers.delete(gone)


def test_the_usual_card_must_be_the_customers(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    one, other = v1.customers.create({}).id, v1.customers.create({}).id
    card = v1.payment_methods.attach("pm_card_visa", {"customer": other}).id
    with pytest.raises(stripe.InvalidRequestError, match="does not have that payment method"):
        v1.customers.update(one, {"invoice_settings": {"default_payment_method": card}})
    changed = v1.customers.update(other, {"invoice_settings": {"default_payment_method": card}})
    assert changed.invoice_settings is not None
    assert changed.invoice_settings.default_payment_method == card


def test_an_address_is_kept_whole(simulator: Simulator) -> None:
    made = simulator.client.v1.customers.create({"address": {"country": "DE", "city": "Berlin"}})
    assert made.to_dict()["address"] == {
        "city": "Berlin",
        "country": "DE",
        "line1": None,
        "line2": None,
        "postal_code": None,
        "state": None,
    }
