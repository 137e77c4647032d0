"""Payment methods: a card without its number, attached to a customer or used once."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import bank_accounts, cards
from billing.stripe_simulator.cards import ACCEPTED, NAMED, NOT_A_TEST_CARD, Behaviour, Card
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams, MetadataField, Params, merged
from billing.stripe_simulator.payer import Payer
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_method_shape import card_method
from billing.stripe_simulator.store import Body, add, fetch, find, recall, remember, save

REDISPLAY = ["always", "limited", "unspecified"]


class AttachParams(Params):
    customer = serializers.CharField()


class MethodUpdateParams(Params):
    allow_redisplay = serializers.ChoiceField(REDISPLAY, required=False)
    metadata = MetadataField(required=False)


class CustomerMethodListParams(ListParams):
    type = serializers.CharField(required=False)
    allow_redisplay = serializers.ChoiceField(REDISPLAY, required=False)


class MethodListParams(CustomerMethodListParams):
    customer = serializers.CharField(required=False)


def behaviour_of(payment_method: str | None) -> Behaviour:
    """What the card or account behind it does; a test may have told it to act as another."""
    method = find(payment_method or "")
    if method is None:
        return ACCEPTED
    told = recall("acts_as", method["id"])
    mark = told["fingerprint"] if told else method[method["type"]]["fingerprint"]
    return {**cards.BY_FINGERPRINT, **bank_accounts.BY_FINGERPRINT}.get(mark, NOT_A_TEST_CARD)


def resolved(payment_method: str) -> Body:
    """The payment method; a name like `pm_card_visa` makes a new one, as Stripe's test mode does.

    Raises StripeFailure (400) for one that does not exist or was taken from its customer.
    """
    if payment_method in NAMED:
        return add(card_method(Card(NAMED[payment_method], 12, 2034), Payer("", "")))
    method = fetch("payment_method", payment_method, param="payment_method")
    if recall("spent", method["id"]) is not None:
        raise StripeFailure(
            400,
            "The provided PaymentMethod was detached from a Customer and may not be used again.",
            param="payment_method",
        )
    return method


def methods_of(customer: str) -> list[Body]:
    """Everything attached to a customer, newest first."""
    rows = StripeObject.objects.filter(type="payment_method", body__customer=customer).order_by("-seq")
    return [row.body for row in rows]


def attach_to(method: Body, customer: str, call: Call | None = None) -> Body:
    """Keep a payment method for a customer's later payments."""
    changed = save({**method, "customer": customer})
    emit("payment_method.attached", changed, call)
    return changed


def attach(call: Call, payment_method: str) -> Body:
    customer = fetch("customer", call.params["customer"], param="customer")
    method = resolved(payment_method)
    behaviour = behaviour_of(method["id"])
    if method["customer"]:
        raise StripeFailure(400, "The payment method you provided has already been attached to a customer.")
    if behaviour.decline and not behaviour.attaches:
        decline = behaviour.decline
        raise StripeFailure(
            402,
            decline.message,
            type="card_error",
            code=decline.code,
            decline_code=decline.decline_code or decline.code,
        )
    return attach_to(method, customer["id"], call)


def detach(call: Call, payment_method: str) -> Body:
    return detach_from_customer(fetch("payment_method", payment_method), call)


def detach_from_customer(method: Body, call: Call | None = None) -> Body:
    """Take it from its customer for good. Raises StripeFailure (400) where it has none."""
    if method["customer"] is None:
        raise StripeFailure(
            400, "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    customer = fetch("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        make_default(customer, None, call)
    remember("spent", method["id"], {})
    changed = save({**method, "customer": None})
    emit("payment_method.detached", changed, call, {"customer": method["customer"]})
    return changed


def make_default(customer: Body, method_id: str | None, call: Call | None = None) -> Body:
    """Which payment method a customer's invoices are paid with."""
    settings = {**customer["invoice_settings"], "default_payment_method": method_id}
    previous = {"invoice_settings": customer["invoice_settings"]}
    changed = save({**customer, "invoice_settings": settings})
    emit("customer.updated", changed, call, previous)
    return changed


def retrieve(call: Call, payment_method: str, customer: str | None = None) -> Body:
    method = fetch("payment_method", payment_method)
    if customer is not None and method["customer"] != customer:
        raise StripeFailure(404, f"No such payment method: '{payment_method}'", code="resource_missing")
    return method


def update(call: Call, payment_method: str) -> Body:
    old = fetch("payment_method", payment_method)
    body = {**old, "metadata": merged(old["metadata"], call.params.get("metadata"))}
    body["allow_redisplay"] = call.params.get("allow_redisplay", old["allow_redisplay"])
    emit("payment_method.updated", save(body), call)
    return body


def list_methods(call: Call, customer: str | None = None) -> Body:
    filters = {**call.params, **({"customer": customer} if customer else {})}
    if "customer" in filters:
        fetch("customer", filters["customer"], param="customer")
    rows = objects("payment_method", filters, "customer", "type", "allow_redisplay")
    url = f"/v1/customers/{customer}/payment_methods" if customer else "/v1/payment_methods"
    return page(url, rows.exclude(body__customer=None), filters)


urlpatterns = [
    path("payment_methods", endpoint(GET=Operation(list_methods, MethodListParams))),
    path(
        "payment_methods/<str:payment_method>",
        endpoint(GET=Operation(retrieve), POST=Operation(update, MethodUpdateParams)),
    ),
    path("payment_methods/<str:payment_method>/attach", endpoint(POST=Operation(attach, AttachParams))),
    path("payment_methods/<str:payment_method>/detach", endpoint(POST=Operation(detach))),
    path(
        "customers/<str:customer>/payment_methods",
        endpoint(GET=Operation(list_methods, CustomerMethodListParams)),
    ),
    path(
        "customers/<str:customer>/payment_methods/<str:payment_method>",
        endpoint(GET=Operation(retrieve)),
    ),
]
