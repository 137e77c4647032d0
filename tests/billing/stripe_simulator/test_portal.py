"""The billing portal: one customer's cards and invoices, for an hour."""

import pytest
import stripe

from tests.billing.simulator import Simulator, http, submit


@pytest.fixture
def customer(simulator: Simulator) -> str:
    return simulator.client.v1.customers.create({"email": "portal@example.org"}).id


def opened(simulator: Simulator, customer: str) -> str:
    order = {"customer": customer, "return_url": "http://127.0.0.1:9/billing"}
    return simulator.client.v1.billing_portal.sessions.create(order).url  # type: ignore[arg-type]


def press(page: str, action: str, card: str) -> None:
    assert submit(page, action=action, card=card).status == 302


def test_it_shows_cards_and_invoices(simulator: Simulator, customer: str) -> None:
    simulator.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    simulator.paid(customer=customer, invoice_creation={"enabled": True})
    page = http.request("GET", opened(simulator, customer)).data.decode()
    invoice = simulator.client.v1.invoices.list({"customer": customer}).data[0]
    assert "Visa ending in 4242" in page
    assert str(invoice.number) in page
    assert 'href="http://127.0.0.1:9/billing"' in page


def test_a_card_is_made_default_and_removed(simulator: Simulator, customer: str) -> None:
    v1 = simulator.client.v1
    card = v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    page = opened(simulator, customer)
    press(page, "default", card)
    settings = v1.customers.retrieve(customer).invoice_settings
    assert settings is not None
    assert settings.default_payment_method == card
    press(page, "remove", card)
    assert not v1.payment_methods.list({"customer": customer}).data


def test_another_customers_card_is_left_alone(simulator: Simulator, customer: str) -> None:
    other = simulator.client.v1.customers.create({}).id
    card = simulator.client.v1.payment_methods.attach("pm_card_visa", {"customer": other}).id
    press(opened(simulator, customer), "remove", card)
    assert simulator.client.v1.payment_methods.retrieve(card).customer == other


def test_it_is_over_after_an_hour(simulator: Simulator, customer: str) -> None:
    page = opened(simulator, customer)
    simulator.control("clock", seconds=3601)
    assert http.request("GET", page).status == 410


def test_an_unknown_customer_has_none(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(simulator, "cus_none")
    assert refused.value.param == "customer"
    assert http.request("GET", f"{simulator.url}/p/session/bps_none").status == 404
