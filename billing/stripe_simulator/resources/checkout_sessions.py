"""Checkout Sessions: open → complete or expired."""

from typing import Any

from django.db import transaction
from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.paging import listing, objects, page
from billing.stripe_simulator.params import Fields, ListParams, MetadataField, Params
from billing.stripe_simulator.resources.checkout_shape import shaped
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.line_items import LineItemParams, attach, priced
from billing.stripe_simulator.store import Body, add, children, fetch, save

DAY_S = 24 * 3600
SHORTEST_S = 30 * 60


class PaymentIntentData(Fields):
    description = serializers.CharField(required=False, max_length=1000)
    metadata = MetadataField(required=False)
    receipt_email = serializers.EmailField(required=False)
    statement_descriptor_suffix = serializers.CharField(required=False, max_length=22)


class SessionCreateParams(Params):
    mode = serializers.ChoiceField(["payment"])
    line_items = LineItemParams(many=True, allow_empty=False)
    success_url = serializers.RegexField(
        r"^https?://[^\s/]+\S*$", error_messages={"invalid": "Not a valid URL"}
    )
    cancel_url = serializers.RegexField(
        r"^https?://[^\s/]+\S*$", required=False, error_messages={"invalid": "Not a valid URL"}
    )
    ui_mode = serializers.ChoiceField(["hosted_page"], default="hosted_page")
    customer = serializers.CharField(required=False)
    customer_email = serializers.EmailField(required=False)
    client_reference_id = serializers.CharField(required=False, max_length=200)
    metadata = MetadataField(required=False)
    payment_intent_data = PaymentIntentData(required=False)
    payment_method_types = serializers.ListField(child=serializers.ChoiceField(["card"]), required=False)
    expires_at = serializers.IntegerField(required=False)
    locale = serializers.CharField(required=False, max_length=10)
    submit_type = serializers.ChoiceField(["auto", "pay"], required=False)


class SessionListParams(ListParams):
    customer = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    status = serializers.ChoiceField(["open", "complete", "expired"], required=False)


def create(call: Call) -> Body:
    given = call.params
    expires_at = given.get("expires_at", now() + DAY_S)
    if not now() + SHORTEST_S - 60 <= expires_at <= now() + DAY_S + 60:
        raise StripeFailure(
            400,
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    if "customer" in given and "customer_email" in given:
        raise StripeFailure(400, "You may only specify one of these parameters: customer, customer_email.")
    customer = fetch("customer", given["customer"], param="customer") if "customer" in given else None
    items = [priced(item, index) for index, item in enumerate(given["line_items"])]
    if len({item["currency"] for item in items}) > 1:
        raise StripeFailure(400, "All line items must use the same currency.", param="line_items")
    body = add(shaped(given, items, customer, expires_at, call.public_url))
    attach(items, body["id"])
    # What the payment will be made with is remembered beside the session, not shown in it.
    remembered = {"given": given.get("payment_intent_data", {})}
    StripeObject.objects.create(
        stripe_id=f"plan_{body['id']}", type="plan", parent=body["id"], created=now(), body=remembered
    )
    return body


def payment_plan(session_id: str) -> dict[str, Any]:
    """The `payment_intent_data` that the session was created with."""
    plan: dict[str, Any] = children("plan", session_id)[0]["given"]
    return plan


def retrieve(call: Call, session: str) -> Body:
    return fetch("checkout.session", session)


def list_sessions(call: Call) -> Body:
    rows = objects("checkout.session", call.params, "customer", "payment_intent", "status")
    return page("/v1/checkout/sessions", rows, call.params)


def list_line_items(call: Call, session: str) -> Body:
    fetch("checkout.session", session)
    items = children("item", session)
    return listing(f"/v1/checkout/sessions/{session}/line_items", items[: call.params["limit"]])


def expire(call: Call, session: str) -> Body:
    body = fetch("checkout.session", session)
    if body["status"] != "open":
        raise StripeFailure(
            400,
            f'Only Checkout Sessions with a status in ["open"] can be expired; this one is {body["status"]}.',
        )
    return expired(body, call)


def expired(body: Body, call: Call | None = None) -> Body:
    body = save({**body, "status": "expired", "url": None})
    emit("checkout.session.expired", body, call)
    return body


def expire_overdue() -> None:
    """Close the sessions whose time has come; the courier calls this as time goes by."""
    rows = StripeObject.objects.filter(
        type="checkout.session", body__status="open", body__expires_at__lte=now()
    )
    for session_id in list(rows.values_list("stripe_id", flat=True)[:100]):
        with transaction.atomic():
            body = fetch("checkout.session", session_id)
            if body["status"] == "open":
                expired(body)


urlpatterns = [
    path(
        "checkout/sessions",
        endpoint(
            POST=Operation(create, SessionCreateParams), GET=Operation(list_sessions, SessionListParams)
        ),
    ),
    path("checkout/sessions/<str:session>", endpoint(GET=Operation(retrieve))),
    path("checkout/sessions/<str:session>/expire", endpoint(POST=Operation(expire))),
    path("checkout/sessions/<str:session>/line_items", endpoint(GET=Operation(list_line_items, ListParams))),
]
