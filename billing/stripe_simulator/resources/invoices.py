"""Invoices, as a Checkout Session makes them once it is paid: final at once."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import listing, objects, page
from billing.stripe_simulator.params import DatedListParams, ListParams
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.invoice_shape import payment_shape, shaped
from billing.stripe_simulator.store import Body, add, children, fetch, save


class InvoiceListParams(DatedListParams):
    customer = serializers.CharField(required=False)
    status = serializers.ChoiceField(["draft", "open", "paid", "uncollectible", "void"], required=False)


def invoice_for(session: Body, intent: Body | None, public_url: str) -> Body:
    """The paid invoice of a session; numbered in the order of its customer."""
    customer = fetch("customer", session["customer"])
    sequence = customer["next_invoice_sequence"]
    save({**customer, "next_invoice_sequence": sequence + 1})
    number = f"{customer['invoice_prefix']}-{sequence:04d}"
    invoice = add(shaped(session, customer, children("item", session["id"]), number, public_url))
    if intent:
        payment = add(payment_shape(invoice, intent), parent=invoice["id"])
        emit("invoice_payment.paid", payment)
    for event in ("created", "finalized", "paid", "payment_succeeded"):
        emit(f"invoice.{event}", invoice)
    return invoice


def retrieve(call: Call, invoice: str) -> Body:
    return fetch("invoice", invoice)


def list_lines(call: Call, invoice: str) -> Body:
    lines = fetch("invoice", invoice)["lines"]["data"]
    return listing(f"/v1/invoices/{invoice}/lines", lines[: call.params["limit"]])


def list_invoices(call: Call) -> Body:
    return page("/v1/invoices", objects("invoice", call.params, "customer", "status"), call.params)


urlpatterns = [
    path("invoices", endpoint(GET=Operation(list_invoices, InvoiceListParams))),
    path("invoices/<str:invoice>", endpoint(GET=Operation(retrieve))),
    path("invoices/<str:invoice>/lines", endpoint(GET=Operation(list_lines, ListParams))),
]
