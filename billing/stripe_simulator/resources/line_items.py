"""What a Checkout Session sells."""

from typing import Any

from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.params import Fields
from billing.stripe_simulator.resources.prices import PriceData, create_price
from billing.stripe_simulator.store import Body, fetch


class LineItemParams(Fields):
    price = serializers.CharField(required=False)
    price_data = PriceData(required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=999_999, default=1)

    def validate(self, attrs: Any) -> Any:
        if ("price" in attrs) == ("price_data" in attrs):
            raise serializers.ValidationError("You must specify either `price` or `price_data`.")
        return attrs


def priced(given: dict[str, Any], index: int) -> Body:
    """A line item that no session owns yet. Raises StripeFailure (400) for an unknown price."""
    if "price" in given:
        price = fetch("price", given["price"], param=f"line_items[{index}][price]")
    else:
        price = create_price(given["price_data"])
    total = price["unit_amount"] * given["quantity"]
    return {
        "id": ids.new("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": fetch("product", price["product"])["name"],
        "price": price,
        "quantity": given["quantity"],
    }


def attach(items: list[Body], session: str) -> None:
    """List the items under their session."""
    for item in items:
        # Line items carry no `created`, unlike everything else that is kept.
        StripeObject.objects.create(
            stripe_id=item["id"], type="item", parent=session, created=now(), body=item
        )
