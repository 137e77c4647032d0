"""Payment methods: the card of a payment, without its number."""

import hashlib

from django.urls import path

from billing.stripe_simulator import ids
from billing.stripe_simulator.cards import Card
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.store import Body, add, fetch

CHECKS = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}


def billing_details(card: Card) -> Body:
    empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": empty, "email": card.email, "name": card.name, "phone": None, "tax_id": None}


def card_details(card: Card) -> Body:
    """What payment methods and charges both say of a card."""
    return {
        "brand": card.brand,
        "checks": CHECKS,
        "country": "US",
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "credit",
        "last4": card.number[-4:],
        "wallet": None,
    }


def create_payment_method(card: Card, customer: str | None) -> Body:
    """Keep the card of a payment; Checkout attaches it to nobody unless it is asked to save it."""
    return add(
        {
            "id": ids.new("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": billing_details(card),
            "card": {
                **card_details(card),
                "display_brand": card.brand,
                "generated_from": None,
                "networks": {"available": [card.brand], "preferred": None},
                "regulated_status": "unregulated",
                "three_d_secure_usage": {"supported": True},
            },
            "created": now(),
            "customer": customer,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
        }
    )


def retrieve(call: Call, payment_method: str) -> Body:
    return fetch("payment_method", payment_method)


urlpatterns = [path("payment_methods/<str:payment_method>", endpoint(GET=Operation(retrieve)))]
