"""The inbox keeps ids and types of an event, and nobody's name, address or mail."""

import json

from django.test import Client

from billing.stripe_events import outline
from tests.billing.shop import Shop, deliver, kept


def test_nothing_of_the_payer_is_kept(shop: Shop, client: Client) -> None:
    received = shop.completed(shop.paid())
    assert b"payer@example.org" in received.body
    assert deliver(client, received).status_code == 200
    payload = kept(received).payload
    assert set(payload) == {"id", "type", "created", "data"}
    assert set(payload["data"]["object"]) <= {"id", "object", "payment_intent", "customer", "invoice"}
    text = json.dumps(payload)
    for private in ("payer@example.org", "A Payer", shop.owner.user.email, "checkout.stripe", "http"):
        assert private not in text


def test_an_expanded_object_is_not_an_id() -> None:
    charge = {"id": "ch_1", "object": "charge", "billing_details": {"name": "A Payer"}}
    subject = {"id": "re_1", "object": "refund", "charge": charge, "payment_intent": "pi_1", "reason": None}
    body = {"id": "evt_1", "type": "refund.created", "created": 1, "data": {"object": subject}}
    assert outline(body)["data"]["object"] == {"id": "re_1", "object": "refund", "payment_intent": "pi_1"}
