"""Stripe and its stand-in, for scenarios that run on both."""

import os
import socket
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from tests.billing.simulator import Simulator, eventually
from tests.conftest import unguarded_connect

VARIABLE = "STRIPE_TEST_SECRET_KEY"
SIDES = ("simulator", "stripe")


@dataclass(frozen=True)
class Side:
    """One of the two; `name` says which."""

    name: str
    client: stripe.StripeClient

    @property
    def v1(self) -> Any:
        return self.client.v1

    def customer(self) -> str:
        made: str = self.v1.customers.create({"email": "scenario@example.org"}).id
        return made

    def saved(self, customer: str, card: str) -> str:
        """A test card attached to a customer."""
        made: str = self.v1.payment_methods.attach(card, {"customer": customer}).id
        return made

    def charge(self, card: str, **changes: Any) -> stripe.PaymentIntent:
        """20 dollars from a test card, now."""
        order = {
            "amount": 2000,
            "currency": "usd",
            "payment_method": card,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            **changes,
        }
        given = {name: value for name, value in order.items() if value is not None}
        found: stripe.PaymentIntent = self.v1.payment_intents.create(given)
        return found

    def session(self, **changes: Any) -> stripe.checkout.Session:
        """An open Checkout Session over 3 pieces of 7 dollars."""
        price = {"currency": "usd", "unit_amount": 700, "product_data": {"name": "10 credits"}}
        order = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 3}],
            "success_url": "https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/canceled",
            **changes,
        }
        found: stripe.checkout.Session = self.v1.checkout.sessions.create(order)
        return found

    def disputes(self, charge: str) -> list[stripe.Dispute]:
        """The disputes of a charge, once there is one; it comes a moment after the charge."""
        eventually(lambda: bool(self.v1.disputes.list({"charge": charge}).data), 60)
        found: list[stripe.Dispute] = self.v1.disputes.list({"charge": charge}).data
        return found


def key_from(environment: Any = os.environ) -> str:
    """The key of a real test account, empty where none is given. Raises ValueError for any other key."""
    key: str = environment.get(VARIABLE, "")
    if key and not key.startswith(("sk_test_", "rk_test_")):
        raise ValueError(f"{VARIABLE} must be a test key (sk_test_…): these scenarios make charges.")
    return key


def side_of(name: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Side:
    """Skips the test where it is to run on Stripe and there is no key to do so."""
    if name == "simulator":
        return Side(name, simulator.client)
    key = key_from()
    if not key:
        pytest.skip(f"set {VARIABLE} to run it on Stripe too")
    monkeypatch.setattr(socket.socket, "connect", unguarded_connect)
    return Side(name, stripe.StripeClient(key, max_network_retries=2))


def keys_of(side: Side) -> dict[str, set[str]]:
    """The members of one object of every kind that the API alone can make."""
    customer = side.customer()
    card = side.saved(customer, "pm_card_visa")
    intent = side.charge(card, customer=customer, off_session=True)
    refund = side.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    charge = side.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["balance_transaction"]})
    made = [
        side.session(),
        intent,
        refund,
        charge,
        charge.balance_transaction,
        side.v1.customers.retrieve(customer),
        side.v1.payment_methods.retrieve(card),
        side.v1.billing_portal.sessions.create({"customer": customer}),
    ]
    return {body.object: set(body.to_dict()) for body in made}
