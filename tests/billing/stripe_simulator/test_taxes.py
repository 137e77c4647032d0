"""Tax at the checkout: worked out from the country, on top of dollars and within euros, and shown beforehand."""

from typing import Any

import pytest
import stripe

from tests.billing.simulator import Simulator, submit


def opened(simulator: Simulator, currency: str = "usd", **changes: Any) -> stripe.checkout.Session:
    price = {"currency": currency, "unit_amount": 2000, "product_data": {"name": "50 credits"}}
    items = [{"price_data": price, "quantity": 1}]
    return simulator.order(line_items=items, automatic_tax={"enabled": True}, **changes)


def retrieved(simulator: Simulator, session: stripe.checkout.Session) -> dict[str, Any]:
    found: dict[str, Any] = simulator.client.v1.checkout.sessions.retrieve(session.id).to_dict()
    return found


@pytest.mark.parametrize(
    ("currency", "country", "tax", "total"),
    [("usd", "DE", 380, 2380), ("eur", "DE", 319, 2000), ("usd", "US", 0, 2000)],
)
def test_the_country_decides(simulator: Simulator, currency: str, country: str, tax: int, total: int) -> None:
    session = opened(simulator, currency)
    assert retrieved(simulator, session)["automatic_tax"]["status"] == "requires_location_inputs"
    assert simulator.pay(session.url or "", country=country).status == 302
    done = retrieved(simulator, session)
    assert (done["amount_subtotal"], done["amount_total"]) == (2000, total)
    assert done["total_details"]["amount_tax"] == tax
    assert done["automatic_tax"]["status"] == "complete"
    assert done["customer_details"]["address"]["country"] == country


def test_the_total_is_shown_before_it_is_charged(simulator: Simulator) -> None:
    session = opened(simulator)
    surprised = simulator.pay(session.url or "", country="DE", total="2000").data.decode()
    assert "With tax the total is USD 23.80" in surprised
    assert retrieved(simulator, session)["status"] == "open"
    page = submit(session.url or "", action="address", country="DE").data.decode()
    assert "Pay USD 23.80" in page
    assert simulator.pay(session.url or "", country="DE", total="2380").status == 302


def test_without_a_country_nothing_is_charged(simulator: Simulator) -> None:
    session = opened(simulator)
    assert "required" in simulator.pay(session.url or "").data.decode()
    assert retrieved(simulator, session)["status"] == "open"


def test_a_known_address_is_used(simulator: Simulator) -> None:
    customer = simulator.client.v1.customers.create({"address": {"country": "FR"}})
    session = opened(simulator, customer=customer.id, customer_update={"address": "auto"})
    found = retrieved(simulator, session)
    assert (found["amount_total"], found["automatic_tax"]["status"]) == (2400, "complete")


def test_address_and_tax_id_are_kept_with_the_customer(simulator: Simulator) -> None:
    customer = simulator.client.v1.customers.create({"email": "firm@example.org"})
    session = simulator.order(
        customer=customer.id,
        customer_update={"address": "auto", "name": "auto"},
        billing_address_collection="required",
        tax_id_collection={"enabled": True},
    )
    assert "required" in simulator.pay(session.url or "").data.decode()
    where = {"country": "DE", "line1": "Weg 1", "postal_code": "10115", "city": "Berlin"}
    firm = {"business_name": "Bilder GmbH", "tax_id": "DE123456789"}
    assert simulator.pay(session.url or "", **where, **firm).status == 302
    details = retrieved(simulator, session)["customer_details"]
    assert details["tax_ids"] == [{"type": "eu_vat", "value": "DE123456789"}]
    assert details["business_name"] == "Bilder GmbH"
    kept = simulator.client.v1.customers.retrieve(customer.id)
    assert kept.name == "Bilder GmbH"
    assert kept.address is not None
    assert (kept.address.city, kept.address.country) == ("Berlin", "DE")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"automatic_tax": {"enabled": True}}, "customer_update[address]"),
        ({"tax_id_collection": {"enabled": True}}, "customer_update[name]"),
    ],
)
def test_a_known_customer_must_be_allowed_to_change(
    simulator: Simulator, changes: dict[str, Any], param: str
) -> None:
    customer = simulator.client.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.order(customer=customer.id, **changes)
    assert refused.value.param == param
