"""Refunds: whole or in parts, never more than the charge."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams, MetadataField, Params
from billing.stripe_simulator.resources.balance_transactions import book
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.store import Body, add, fetch, save


class RefundCreateParams(Params):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    amount = serializers.IntegerField(min_value=1, required=False)
    reason = serializers.ChoiceField(["duplicate", "fraudulent", "requested_by_customer"], required=False)
    metadata = MetadataField(required=False)


class RefundListParams(ListParams):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)


def charge_of(params: dict[str, Any]) -> Body:
    """The charge to refund. Raises StripeFailure (400) where none was named or none succeeded."""
    if "charge" in params:
        return fetch("charge", params["charge"], param="charge")
    if "payment_intent" not in params:
        raise StripeFailure(400, "One of the following params should be provided: payment_intent or charge.")
    intent = fetch("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise StripeFailure(
            400, f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
    return fetch("charge", intent["latest_charge"])


def create(call: Call) -> Body:
    charge = charge_of(call.params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    if charge["status"] != "succeeded":
        raise StripeFailure(
            400, f"Charge {charge['id']} did not succeed and cannot be refunded.", param="charge"
        )
    if left == 0:
        raise StripeFailure(
            400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise StripeFailure(
            400,
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    refund_id = ids.new("re")
    body = add(
        {
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "balance_transaction": book("refund", -amount, charge["currency"], refund_id),
            "charge": charge["id"],
            "created": now(),
            "currency": charge["currency"],
            "customer": charge["customer"],
            "destination_details": {
                "card": {"reference_type": "acquirer_reference_number", "type": "refund"},
                "type": "card",
            },
            "failure_balance_transaction": None,
            "metadata": call.params.get("metadata", {}),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "pending_reason": None,
            "reason": call.params.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        },
        parent=charge["id"],
    )
    previous = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    refunded = charge["amount_refunded"] + amount
    charge = save({**charge, "amount_refunded": refunded, "refunded": refunded == charge["amount"]})
    emit("charge.refunded", charge, call, previous)
    emit("refund.created", body, call)
    return body


def retrieve(call: Call, refund: str) -> Body:
    return fetch("refund", refund)


def list_refunds(call: Call) -> Body:
    return page("/v1/refunds", objects("refund", call.params, "charge", "payment_intent"), call.params)


urlpatterns = [
    path(
        "refunds",
        endpoint(POST=Operation(create, RefundCreateParams), GET=Operation(list_refunds, RefundListParams)),
    ),
    path("refunds/<str:refund>", endpoint(GET=Operation(retrieve))),
]
