"""Charges: one attempt to take the money."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.cards import Card
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams
from billing.stripe_simulator.resources.balance_transactions import book
from billing.stripe_simulator.resources.payment_methods import billing_details, card_details
from billing.stripe_simulator.store import Body, add, fetch


class ChargeListParams(ListParams):
    customer = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)


def outcome(card: Card) -> Body:
    decline = card.decline
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": (decline.decline_code or decline.code) if decline else None,
        "risk_level": "normal",
        "risk_score": 12,
        "rule": None,
        "seller_message": "The bank did not accept the payment." if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def create_charge(intent: Body, payment_method: Body, card: Card, public_url: str) -> Body:
    """Charge the card for a PaymentIntent: succeeded or failed, as the card has it."""
    decline = card.decline
    charge_id = ids.new("ch")
    amount = intent["amount"]
    return add(
        {
            "id": charge_id,
            "object": "charge",
            "amount": amount,
            "amount_captured": 0 if decline else amount,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None if decline else book("charge", amount, intent["currency"], charge_id),
            "billing_details": billing_details(card),
            "calculated_statement_descriptor": "SIMULATOR",
            "captured": decline is None,
            "created": now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": outcome(card),
            "paid": decline is None,
            "payment_intent": intent["id"],
            "payment_method": payment_method["id"],
            "payment_method_details": {
                "type": "card",
                "card": {
                    **card_details(card),
                    "amount_authorized": None if decline else amount,
                    "installments": None,
                    "mandate": None,
                    "network": card.brand,
                    "three_d_secure": None,
                },
            },
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None if decline else f"{public_url}/receipts/{charge_id}",
            "refunded": False,
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": "failed" if decline else "succeeded",
            "transfer": None,
            "transfer_data": None,
            "transfer_group": None,
        }
    )


def retrieve(call: Call, charge: str) -> Body:
    return fetch("charge", charge)


def list_charges(call: Call) -> Body:
    return page("/v1/charges", objects("charge", call.params, "customer", "payment_intent"), call.params)


urlpatterns = [
    path("charges", endpoint(GET=Operation(list_charges, ChargeListParams))),
    path("charges/<str:charge>", endpoint(GET=Operation(retrieve))),
]
