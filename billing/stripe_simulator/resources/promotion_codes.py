"""Promotion codes: what a customer types to get a coupon."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.discounts import active
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams, Fields, MetadataField, Params, merged
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.store import Body, add, fetch, save


class PromotionParams(Fields):
    type = serializers.ChoiceField(["coupon"])
    coupon = serializers.CharField()


class RestrictionParams(Fields):
    first_time_transaction = serializers.BooleanField(default=False)
    minimum_amount = serializers.IntegerField(min_value=1, default=None)
    minimum_amount_currency = serializers.RegexField(r"^[a-z]{3}$", default=None)


class CodeCreateParams(Params):
    promotion = PromotionParams()
    active = serializers.BooleanField(default=True)
    code = serializers.RegexField(r"^[A-Za-z0-9-]{1,500}$", required=False)
    customer = serializers.CharField(required=False)
    expires_at = serializers.IntegerField(required=False)
    max_redemptions = serializers.IntegerField(min_value=1, required=False)
    metadata = MetadataField(required=False)
    restrictions = RestrictionParams(required=False)


class CodeUpdateParams(Params):
    active = serializers.BooleanField(required=False)
    metadata = MetadataField(required=False)


class CodeListParams(DatedListParams):
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    code = serializers.CharField(required=False)
    customer = serializers.CharField(required=False)


def create(call: Call) -> Body:
    given = call.params
    coupon = fetch("coupon", given["promotion"]["coupon"], param="promotion[coupon]")
    code = given.get("code") or ids.new("x")[2:10].upper()
    if active(code).exists():
        raise StripeFailure(
            400, f"An active promotion code with `code: {code}` already exists.", param="code"
        )
    if "customer" in given:
        fetch("customer", given["customer"], param="customer")
    none = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    body = add(
        {
            "id": ids.new("promo"),
            "object": "promotion_code",
            "active": given["active"],
            "code": code,
            "created": now(),
            "customer": given.get("customer"),
            "customer_account": None,
            "expires_at": given.get("expires_at"),
            "livemode": False,
            "max_redemptions": given.get("max_redemptions"),
            "metadata": given.get("metadata", {}),
            "promotion": {"coupon": coupon["id"], "type": "coupon"},
            "restrictions": {**none, **given.get("restrictions", {})},
            "times_redeemed": 0,
        }
    )
    emit("promotion_code.created", body, call)
    return body


def retrieve(call: Call, code: str) -> Body:
    return fetch("promotion_code", code)


def update(call: Call, code: str) -> Body:
    old = fetch("promotion_code", code)
    body = {**old, "active": call.params.get("active", old["active"])}
    body["metadata"] = merged(old["metadata"], call.params.get("metadata"))
    emit("promotion_code.updated", save(body), call)
    return body


def list_codes(call: Call) -> Body:
    rows = objects("promotion_code", call.params, "code", "customer")
    if call.params["active"] is not None:
        rows = rows.filter(body__active=call.params["active"])
    return page("/v1/promotion_codes", rows, call.params)


urlpatterns = [
    path(
        "promotion_codes",
        endpoint(GET=Operation(list_codes, CodeListParams), POST=Operation(create, CodeCreateParams)),
    ),
    path(
        "promotion_codes/<str:code>",
        endpoint(GET=Operation(retrieve), POST=Operation(update, CodeUpdateParams)),
    ),
]
