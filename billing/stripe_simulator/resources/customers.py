"""Customers."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure, missing
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams, Fields, MetadataField, Params, merged
from billing.stripe_simulator.payer import Payer, address
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_methods import methods_of
from billing.stripe_simulator.store import Body, add, fetch, save

TEXTS = ("email", "name", "description", "phone")


class InvoiceSettings(Fields):
    default_payment_method = serializers.CharField(required=False, allow_blank=True)


class AddressParams(Fields):
    city = serializers.CharField(required=False, allow_blank=True, max_length=100)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False)
    line1 = serializers.CharField(required=False, allow_blank=True, max_length=200)
    line2 = serializers.CharField(required=False, allow_blank=True, max_length=200)
    postal_code = serializers.CharField(required=False, allow_blank=True, max_length=20)
    state = serializers.CharField(required=False, allow_blank=True, max_length=100)


class CustomerParams(Params):
    address = AddressParams(required=False)
    invoice_settings = InvoiceSettings(required=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=512)
    name = serializers.CharField(required=False, allow_blank=True, max_length=256)
    description = serializers.CharField(required=False, allow_blank=True, max_length=350)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)
    metadata = MetadataField(required=False)


class CustomerListParams(DatedListParams):
    email = serializers.CharField(required=False)


def given_address(given: dict[str, Any]) -> Body | None:
    return address(**given["address"]) if "address" in given else None


def shaped(given: dict[str, Any]) -> Body:
    """A new customer as the API shows it."""
    return {
        "id": ids.new("cus"),
        "object": "customer",
        "address": given_address(given),
        "balance": 0,
        "created": now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": given.get("description") or None,
        "discount": None,
        "email": given.get("email") or None,
        "invoice_prefix": ids.new("x")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": merged({}, given.get("metadata")),
        "name": given.get("name") or None,
        "next_invoice_sequence": 1,
        "phone": given.get("phone") or None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def create(call: Call) -> Body:
    body = add(shaped(call.params))
    emit("customer.created", body, call)
    return body


def create_customer(payer: Payer) -> Body:
    """The customer that a checkout makes of who paid."""
    given = {"email": payer.email, "name": payer.business_name or payer.name}
    body = add({**shaped(given), "address": payer.known_address})
    emit("customer.created", body)
    return body


def update_customer(customer: str, payer: Payer, wanted: Body) -> None:
    """Keep what the payer typed, as far as the session's `customer_update` says `auto`."""
    old = fetch("customer", customer)
    body = dict(old)
    if wanted.get("address") == "auto":
        body["address"] = payer.known_address or old["address"]
    body["email"] = old["email"] or payer.email
    if wanted.get("name") == "auto":
        body["name"] = payer.business_name or payer.name
    keep(old, body)


def keep(old: Body, body: Body, call: Call | None = None) -> None:
    """Save the customer where anything changed, and tell of it."""
    previous = {name: old[name] for name in old if old[name] != body[name]}
    if previous:
        emit("customer.updated", save(body), call, previous)


def living(customer: str) -> Body:
    """The customer. Raises StripeFailure (404) for one that was deleted."""
    body = fetch("customer", customer)
    if body.get("deleted"):
        raise missing("customer", customer)
    return body


def retrieve(call: Call, customer: str) -> Body:
    return fetch("customer", customer)


def update(call: Call, customer: str) -> Body:
    old = living(customer)
    body = {**old, **{name: call.params[name] or None for name in TEXTS if name in call.params}}
    body["metadata"] = merged(old["metadata"], call.params.get("metadata"))
    body["address"] = given_address(call.params) or old["address"]
    if "default_payment_method" in call.params.get("invoice_settings", {}):
        method = call.params["invoice_settings"]["default_payment_method"] or None
        if method and fetch("payment_method", method, param="payment_method")["customer"] != customer:
            raise StripeFailure(
                400, "The customer does not have that payment method.", code="resource_missing"
            )
        body["invoice_settings"] = {**old["invoice_settings"], "default_payment_method": method}
    keep(old, body, call)
    return body


def delete(call: Call, customer: str) -> Body:
    """Nothing is left of it but its id; its cards go with it."""
    old = living(customer)
    for method in methods_of(customer):
        save({**method, "customer": None})
    emit("customer.deleted", old, call)
    return save({"id": customer, "object": "customer", "deleted": True})


def list_customers(call: Call) -> Body:
    # Of a deleted one nothing but its id is left.
    rows = objects("customer", call.params, "email").filter(body__has_key="created")
    return page("/v1/customers", rows, call.params)


urlpatterns = [
    path(
        "customers",
        endpoint(POST=Operation(create, CustomerParams), GET=Operation(list_customers, CustomerListParams)),
    ),
    path(
        "customers/<str:customer>",
        endpoint(DELETE=Operation(delete), GET=Operation(retrieve), POST=Operation(update, CustomerParams)),
    ),
]
