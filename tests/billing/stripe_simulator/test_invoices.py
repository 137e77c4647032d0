"""Invoices: made when a checkout is paid, to look at, to keep as a file, numbered by customer."""

from typing import Any

import stripe

from tests.billing.simulator import Endpoint, Simulator, http

WANTED = {"enabled": True, "invoice_data": {"description": "Credits", "metadata": {"purchase": "pur_1"}}}


def bought(simulator: Simulator, **changes: Any) -> dict[str, Any]:
    session = simulator.order(invoice_creation=WANTED, **changes)
    assert simulator.pay(session.url or "").status == 302
    found: dict[str, Any] = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["invoice.payments"]}
    ).to_dict()
    return found


def test_a_paid_checkout_has_an_invoice(simulator: Simulator, endpoint: Endpoint) -> None:
    customer = simulator.client.v1.customers.create({"email": "books@example.org"}).id
    session = bought(simulator, customer=customer)
    invoice = session["invoice"]
    assert (invoice["status"], invoice["total"], invoice["amount_paid"]) == ("paid", 2000, 2000)
    assert invoice["metadata"] == {"purchase": "pur_1"}
    assert [line["description"] for line in invoice["lines"]["data"]] == ["50 credits"]
    payment = invoice["payments"]["data"][0]["payment"]
    assert payment["payment_intent"] == session["payment_intent"]
    for name in ("created", "finalized", "paid", "payment_succeeded"):
        assert endpoint.await_event(invoice["id"], f"invoice.{name}")
    listed = simulator.client.v1.invoices.list({"customer": customer})
    assert [one.id for one in listed] == [invoice["id"]]


def test_page_and_file_can_be_opened(simulator: Simulator) -> None:
    invoice = bought(simulator)["invoice"]
    page = http.request("GET", invoice["hosted_invoice_url"])
    assert page.status == 200
    assert invoice["number"] in page.data.decode()
    file = http.request("GET", invoice["invoice_pdf"])
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.data.startswith(b"%PDF-1.4")
    assert b"USD 20.00" in file.data
    assert http.request("GET", f"{simulator.url}/invoices/none").status == 404


def test_numbers_count_up_for_each_customer(simulator: Simulator) -> None:
    customer = simulator.client.v1.customers.create({}).id
    numbers = [bought(simulator, customer=customer)["invoice"]["number"] for _ in range(2)]
    assert [number.split("-")[1] for number in numbers] == ["0001", "0002"]


def test_an_invoice_needs_a_customer_and_makes_one(simulator: Simulator) -> None:
    session = bought(simulator)
    made = simulator.client.v1.customers.retrieve(session["customer"])
    assert isinstance(made, stripe.Customer)
    assert made.email == "payer@example.org"


def test_nothing_is_invoiced_unless_wanted(simulator: Simulator) -> None:
    session = simulator.order()
    simulator.pay(session.url or "")
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).invoice is None
