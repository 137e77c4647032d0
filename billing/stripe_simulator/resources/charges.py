"""Charges: one attempt to take the money."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator.cards import Decline
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams
from billing.stripe_simulator.resources.balance_transactions import book, processing_fee
from billing.stripe_simulator.resources.charge_shape import shaped
from billing.stripe_simulator.store import Body, add, fetch


class ChargeListParams(DatedListParams):
    customer = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)


def create_charge(
    intent: Body, method: Body, status: str, decline: Decline | None, public_url: str, *, authenticated: bool
) -> Body:
    """Charge a payment method for a PaymentIntent: `succeeded`, `pending` or `failed`."""
    body = shaped(intent, method, status, decline, authenticated=authenticated)
    if not decline:
        body["receipt_url"] = f"{public_url}/receipts/{body['id']}"
    return add(booked(body) if status == "succeeded" else body)


def booked(charge: Body) -> Body:
    """The charge with its money in the balance."""
    amount = charge["amount"]
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    entry = book(
        kind, amount, charge["currency"], charge["id"], fee=processing_fee(amount), category="charge"
    )
    return {**charge, "balance_transaction": entry["id"]}


def retrieve(call: Call, charge: str) -> Body:
    return fetch("charge", charge)


def list_charges(call: Call) -> Body:
    return page("/v1/charges", objects("charge", call.params, "customer", "payment_intent"), call.params)


urlpatterns = [
    path("charges", endpoint(GET=Operation(list_charges, ChargeListParams))),
    path("charges/<str:charge>", endpoint(GET=Operation(retrieve))),
]
