"""Billing portal sessions: an address, good for an hour, where one customer manages cards and invoices."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.params import Params
from billing.stripe_simulator.resources.checkout_params import address_of_page
from billing.stripe_simulator.store import Body, add, fetch

LASTS_S = 3600


class PortalParams(Params):
    customer = serializers.CharField()
    return_url = serializers.RegexField(required=False, **address_of_page())
    locale = serializers.CharField(required=False, max_length=10)


def create(call: Call) -> Body:
    customer = fetch("customer", call.params["customer"], param="customer")
    session_id = ids.new("bps")
    return add(
        {
            "id": session_id,
            "object": "billing_portal.session",
            "configuration": "bpc_simulated",
            "created": now(),
            "customer": customer["id"],
            "customer_account": None,
            "flow": None,
            "livemode": False,
            "locale": call.params.get("locale"),
            "on_behalf_of": None,
            "return_url": call.params.get("return_url"),
            "url": f"{call.public_url}/p/session/{session_id}",
        }
    )


urlpatterns = [path("billing_portal/sessions", endpoint(POST=Operation(create, PortalParams)))]
