"""Customers."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams, MetadataField, Params, merged
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.store import Body, add, fetch, save

TEXTS = ("email", "name", "description", "phone")


class CustomerParams(Params):
    email = serializers.EmailField(required=False, allow_blank=True, max_length=512)
    name = serializers.CharField(required=False, allow_blank=True, max_length=256)
    description = serializers.CharField(required=False, allow_blank=True, max_length=350)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)
    metadata = MetadataField(required=False)


class CustomerListParams(ListParams):
    email = serializers.CharField(required=False)


def create(call: Call) -> Body:
    body = add(
        {
            "id": ids.new("cus"),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": now(),
            "currency": None,
            "customer_account": None,
            "default_source": None,
            "delinquent": False,
            "description": call.params.get("description") or None,
            "discount": None,
            "email": call.params.get("email") or None,
            "invoice_prefix": ids.new("x")[2:10].upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": merged({}, call.params.get("metadata")),
            "name": call.params.get("name") or None,
            "next_invoice_sequence": 1,
            "phone": call.params.get("phone") or None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )
    emit("customer.created", body, call)
    return body


def retrieve(call: Call, customer: str) -> Body:
    return fetch("customer", customer)


def update(call: Call, customer: str) -> Body:
    old = fetch("customer", customer)
    body = {**old, **{name: call.params[name] or None for name in TEXTS if name in call.params}}
    body["metadata"] = merged(old["metadata"], call.params.get("metadata"))
    previous = {name: old[name] for name in old if old[name] != body[name]}
    if previous:
        emit("customer.updated", save(body), call, previous)
    return body


def list_customers(call: Call) -> Body:
    return page("/v1/customers", objects("customer", call.params, "email"), call.params)


urlpatterns = [
    path(
        "customers",
        endpoint(POST=Operation(create, CustomerParams), GET=Operation(list_customers, CustomerListParams)),
    ),
    path(
        "customers/<str:customer>",
        endpoint(GET=Operation(retrieve), POST=Operation(update, CustomerParams)),
    ),
]
