"""Prices and products, as Checkout makes them from `price_data`."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.params import Fields, MetadataField
from billing.stripe_simulator.store import Body, add, fetch


class ProductData(Fields):
    name = serializers.CharField(max_length=250)
    description = serializers.CharField(required=False, max_length=500)
    images = serializers.ListField(child=serializers.URLField(), required=False, max_length=8)
    metadata = MetadataField(required=False)
    tax_code = serializers.CharField(required=False)


class PriceData(Fields):
    currency = serializers.RegexField(r"^[a-z]{3}$")
    unit_amount = serializers.IntegerField(min_value=0, max_value=99_999_999)
    product_data = ProductData()
    tax_behavior = serializers.ChoiceField(["exclusive", "inclusive", "unspecified"], default="unspecified")


def create_price(data: dict[str, Any]) -> Body:
    """A one-time price and its product, both used up by the session that named them."""
    product = add(
        {
            "id": ids.new("prod"),
            "object": "product",
            "active": False,
            "created": now(),
            "default_price": None,
            "description": data["product_data"].get("description"),
            "images": data["product_data"].get("images", []),
            "livemode": False,
            "marketing_features": [],
            "metadata": data["product_data"].get("metadata", {}),
            "name": data["product_data"]["name"],
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": data["product_data"].get("tax_code"),
            "type": "service",
            "unit_label": None,
            "updated": now(),
            "url": None,
        }
    )
    return add(
        {
            "id": ids.new("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": now(),
            "currency": data["currency"],
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product["id"],
            "recurring": None,
            "tax_behavior": data["tax_behavior"],
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": data["unit_amount"],
            "unit_amount_decimal": str(data["unit_amount"]),
        }
    )


def retrieve_price(call: Call, price: str) -> Body:
    return fetch("price", price)


def retrieve_product(call: Call, product: str) -> Body:
    return fetch("product", product)


urlpatterns = [
    path("prices/<str:price>", endpoint(GET=Operation(retrieve_price))),
    path("products/<str:product>", endpoint(GET=Operation(retrieve_product))),
]
