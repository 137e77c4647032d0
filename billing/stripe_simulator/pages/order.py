"""What a session sells, as the page lists it."""

from typing import Any

from billing.stripe_simulator.amounts import shown
from billing.stripe_simulator.discounts import code_of
from billing.stripe_simulator.store import Body, children


def order_shown(session: Body) -> dict[str, Any]:
    """Items, discount, tax and total in words."""
    currency = session["currency"]
    sums = session["total_details"]
    items = [
        {**item, "shown": shown(item["amount_subtotal"], currency)}
        for item in children("item", session["id"])
    ]
    return {
        "items": items,
        "code": code_of(session),
        "discount": shown(sums["amount_discount"], currency) if sums["amount_discount"] else "",
        "tax": shown(sums["amount_tax"], currency) if sums["amount_tax"] else "",
        "total": shown(session["amount_total"], currency),
    }
