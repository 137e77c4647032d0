"""PaymentIntents through the API: created, confirmed with a saved card, canceled."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator.amounts import check_minimum
from billing.stripe_simulator.errors import KeptFailure, StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import (
    DatedListParams,
    Fields,
    MetadataField,
    Params,
    RemovedField,
    merged,
)
from billing.stripe_simulator.payments import AUTHENTICATE, attempt
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_intent_shape import canceled, shaped
from billing.stripe_simulator.resources.payment_methods import resolved
from billing.stripe_simulator.store import Body, add, fetch, recall, remember, save

UNPAID = {"requires_payment_method", "requires_confirmation", "requires_action"}
REASONS = ["abandoned", "duplicate", "fraudulent", "requested_by_customer"]


class AutomaticParams(Fields):
    enabled = serializers.BooleanField()
    allow_redirects = serializers.ChoiceField(["always", "never"], default="always")


class ConfirmParams(Params):
    payment_method = serializers.CharField(required=False)
    off_session = serializers.BooleanField(default=False)
    return_url = serializers.URLField(required=False)
    receipt_email = serializers.EmailField(required=False)
    setup_future_usage = serializers.ChoiceField(["off_session", "on_session"], required=False)
    error_on_requires_action = serializers.BooleanField(default=False)


class IntentCreateParams(ConfirmParams):
    amount = serializers.IntegerField(min_value=1, max_value=99_999_999)
    currency = serializers.RegexField(r"^[a-z]{3}$")
    customer = serializers.CharField(required=False)
    confirm = serializers.BooleanField(default=False)
    allowed_payment_method_types = serializers.ListField(
        child=serializers.CharField(), required=False, allow_empty=False
    )
    payment_method_types = RemovedField(
        "payment_method_types_no_longer_supported",
        "`payment_method_types` is no longer supported. Use `allowed_payment_method_types`.",
    )
    automatic_payment_methods = AutomaticParams(required=False)
    description = serializers.CharField(required=False, max_length=1000)
    metadata = MetadataField(required=False)
    statement_descriptor_suffix = serializers.CharField(required=False, max_length=22)


class IntentUpdateParams(Params):
    description = serializers.CharField(required=False, max_length=1000)
    metadata = MetadataField(required=False)
    receipt_email = serializers.EmailField(required=False)


class IntentCancelParams(Params):
    cancellation_reason = serializers.ChoiceField(REASONS, required=False)


class IntentListParams(DatedListParams):
    customer = serializers.CharField(required=False)


def create(call: Call) -> Body:
    given = call.params
    check_minimum(given["amount"], given["currency"])
    if given["off_session"] and not given["confirm"]:
        raise StripeFailure(400, "`off_session` needs `confirm=true`.", param="off_session")
    customer = fetch("customer", given["customer"], param="customer")["id"] if "customer" in given else None
    body = shaped(given["amount"], given["currency"], customer, ["card"], given)
    if "allowed_payment_method_types" not in given:
        automatic = {"allow_redirects": "always", "enabled": True}
        body["automatic_payment_methods"] = {**given.get("automatic_payment_methods", automatic)}
    elif "automatic_payment_methods" in given or "card" not in given["allowed_payment_method_types"]:
        raise StripeFailure(
            400,
            "`allowed_payment_method_types` goes without `automatic_payment_methods` and must leave a usable type.",
            param="allowed_payment_method_types",
        )
    else:
        body["allowed_payment_method_types"] = given["allowed_payment_method_types"]
    if "payment_method" in given:
        method = usable(given["payment_method"], customer)
        body |= {"payment_method": method["id"], "status": "requires_confirmation"}
    add(body)
    emit("payment_intent.created", body, call)
    return confirmed(body, call) if given["confirm"] else body


def usable(payment_method: str, customer: str | None) -> Body:
    """The payment method. Raises StripeFailure (400) where it is another customer's."""
    method = resolved(payment_method)
    if method["customer"] not in (None, customer):
        raise StripeFailure(
            400,
            "The provided PaymentMethod belongs to another Customer; supply it with the `customer` parameter.",
            param="payment_method",
        )
    return method


def confirm(call: Call, intent: str) -> Body:
    body = unpaid(intent, "confirm")
    if "payment_method" in call.params:
        body = {**body, "payment_method": usable(call.params["payment_method"], body["customer"])["id"]}
    changes = ("receipt_email", "setup_future_usage")
    body |= {name: call.params[name] for name in changes if name in call.params}
    return confirmed(body, call)


def confirmed(intent: Body, call: Call) -> Body:
    """Try it now. Raises KeptFailure (402) with the PaymentIntent in it where the card was refused."""
    given = call.params
    if intent["payment_method"] is None:
        raise StripeFailure(
            400,
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("allow_redirects") == "always" and "return_url" not in given:
        raise StripeFailure(
            400,
            "This PaymentIntent accepts payment methods that might redirect your customer: provide a `return_url`, "
            "set `automatic_payment_methods[allow_redirects]` to `never` or name the `allowed_payment_method_types`.",
            param="return_url",
        )
    remember("return_url", intent["id"], {"return_url": given.get("return_url")})
    method = fetch("payment_method", intent["payment_method"])
    intent = attempt(intent, method, call.public_url, off_session=given["off_session"], call=call)
    failure: dict[str, Any] | None = intent["last_payment_error"]
    if failure:
        raise KeptFailure(402, **failure, payment_intent=intent)
    if intent["status"] == "requires_action" and given["error_on_requires_action"]:
        raise KeptFailure(
            402,
            AUTHENTICATE.message,
            type="card_error",
            code=AUTHENTICATE.code,
            decline_code="authentication_not_handled",
            payment_intent=intent,
        )
    return intent


def unpaid(intent_id: str, verb: str) -> Body:
    """The PaymentIntent. Raises StripeFailure (400) where Checkout made and manages it, or its time is over."""
    intent = fetch("payment_intent", intent_id)
    if recall("made_by", intent_id):
        raise StripeFailure(
            400, f"You cannot {verb} this PaymentIntent because it was created by a Checkout Session."
        )
    if intent["status"] not in UNPAID:
        raise StripeFailure(
            400,
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    return intent


def cancel(call: Call, intent: str) -> Body:
    body = unpaid(intent, "cancel")
    body = save(canceled(body, call.params.get("cancellation_reason")))
    emit("payment_intent.canceled", body, call)
    return body


def retrieve(call: Call, intent: str) -> Body:
    return fetch("payment_intent", intent)


def update(call: Call, intent: str) -> Body:
    body = fetch("payment_intent", intent)
    given = call.params
    changes: Body = {name: given[name] for name in ("description", "receipt_email") if name in given}
    return save({**body, **changes, "metadata": merged(body["metadata"], given.get("metadata"))})


def list_intents(call: Call) -> Body:
    return page("/v1/payment_intents", objects("payment_intent", call.params, "customer"), call.params)


urlpatterns = [
    path(
        "payment_intents",
        endpoint(GET=Operation(list_intents, IntentListParams), POST=Operation(create, IntentCreateParams)),
    ),
    path(
        "payment_intents/<str:intent>",
        endpoint(GET=Operation(retrieve), POST=Operation(update, IntentUpdateParams)),
    ),
    path("payment_intents/<str:intent>/confirm", endpoint(POST=Operation(confirm, ConfirmParams))),
    path("payment_intents/<str:intent>/cancel", endpoint(POST=Operation(cancel, IntentCancelParams))),
]
