"""PaymentIntents: made by Checkout when the customer first pays, kept through declines."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams
from billing.stripe_simulator.store import Body, add, fetch


class PaymentIntentListParams(ListParams):
    customer = serializers.CharField(required=False)


def create_intent(session: Body, plan: dict[str, Any], customer: str | None) -> Body:
    """The PaymentIntent of a Checkout Session, with what `payment_intent_data` asked for."""
    intent_id = ids.new("pi")
    return add(
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{intent_id}_secret_{ids.new('x')[2:]}",
            "confirmation_method": "automatic",
            "created": now(),
            "currency": session["currency"],
            "customer": customer,
            "customer_account": None,
            "description": plan.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": plan.get("metadata", {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": session["payment_method_types"],
            "payment_record": None,
            "processing": None,
            "receipt_email": plan.get("receipt_email"),
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": plan.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        }
    )


def retrieve(call: Call, intent: str) -> Body:
    return fetch("payment_intent", intent)


def list_intents(call: Call) -> Body:
    return page("/v1/payment_intents", objects("payment_intent", call.params, "customer"), call.params)


urlpatterns = [
    path("payment_intents", endpoint(GET=Operation(list_intents, PaymentIntentListParams))),
    path("payment_intents/<str:intent>", endpoint(GET=Operation(retrieve))),
]
