"""Coupons: what is taken off."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams, MetadataField, Params
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.store import Body, add, fetch, find


class CouponParams(Params):
    id = serializers.RegexField(r"^[A-Za-z0-9_-]{1,64}$", required=False)
    amount_off = serializers.IntegerField(min_value=1, required=False)
    currency = serializers.RegexField(r"^[a-z]{3}$", required=False)
    duration = serializers.ChoiceField(["forever", "once"], default="once")
    max_redemptions = serializers.IntegerField(min_value=1, required=False)
    metadata = MetadataField(required=False)
    name = serializers.CharField(required=False, max_length=40)
    percent_off = serializers.FloatField(min_value=0.01, max_value=100, required=False)
    redeem_by = serializers.IntegerField(required=False)

    def validate(self, attrs: Any) -> Any:
        if ("amount_off" in attrs) == ("percent_off" in attrs):
            raise serializers.ValidationError("Pass either `amount_off` or `percent_off`.")
        if ("amount_off" in attrs) != ("currency" in attrs):
            raise serializers.ValidationError("`amount_off` and `currency` go together.")
        return attrs


def create(call: Call) -> Body:
    given = call.params
    if "id" in given and find(given["id"]):
        raise StripeFailure(400, "Coupon already exists.", code="resource_already_exists", param="id")
    body = add(
        {
            "id": given.get("id") or ids.new("x")[2:10],
            "object": "coupon",
            "amount_off": given.get("amount_off"),
            "created": now(),
            "currency": given.get("currency"),
            "duration": given["duration"],
            "duration_in_months": None,
            "livemode": False,
            "max_redemptions": given.get("max_redemptions"),
            "metadata": given.get("metadata", {}),
            "name": given.get("name"),
            "percent_off": given.get("percent_off"),
            "redeem_by": given.get("redeem_by"),
            "times_redeemed": 0,
            "valid": True,
        }
    )
    emit("coupon.created", body, call)
    return body


def retrieve(call: Call, coupon: str) -> Body:
    return fetch("coupon", coupon)


def list_coupons(call: Call) -> Body:
    return page("/v1/coupons", objects("coupon", call.params), call.params)


urlpatterns = [
    path(
        "coupons",
        endpoint(GET=Operation(list_coupons, DatedListParams), POST=Operation(create, CouponParams)),
    ),
    path("coupons/<str:coupon>", endpoint(GET=Operation(retrieve))),
]
