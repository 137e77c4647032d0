"""`expand[]`: ids become objects, and fields that are only sent on request appear."""

from collections.abc import Callable
from typing import Any

from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.paging import listing
from billing.stripe_simulator.store import Body, children, find

MAX_DEPTH = 4
EXPANDABLE: dict[str, set[str]] = {
    "checkout.session": {"customer", "invoice", "payment_intent"},
    "invoice": {"customer"},
    "invoice_payment": {"invoice"},
    "promotion_code": {"customer"},
    "payment_intent": {"customer", "latest_charge", "payment_method"},
    "dispute": {"charge", "payment_intent"},
    "charge": {"balance_transaction", "customer", "payment_intent"},
    "refund": {"balance_transaction", "charge", "failure_balance_transaction", "payment_intent"},
    "payment_method": {"customer"},
    "price": {"product"},
    "balance_transaction": {"source"},
}
# References inside objects that have no type of their own.
NESTED = {"charge", "coupon", "payment_intent", "promotion_code"}
INCLUDABLE: dict[tuple[str, str], Callable[[Body], Body]] = {
    ("checkout.session", "line_items"): lambda body: listing(
        f"/v1/checkout/sessions/{body['id']}/line_items", children("item", body["id"])
    ),
    ("invoice", "payments"): lambda body: listing(
        f"/v1/invoices/{body['id']}/payments", children("invoice_payment", body["id"])
    ),
    ("charge", "refunds"): lambda body: listing(
        f"/v1/charges/{body['id']}/refunds", children("refund", body["id"])[::-1]
    ),
}


def expanded(body: Body, paths: list[str]) -> Body:
    """A copy with every path expanded. Raises StripeFailure (400) for what cannot be."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH:
            raise StripeFailure(
                400, f"You cannot expand more than {MAX_DEPTH} levels of a property ({path})."
            )
        body = grown(body, steps, path)
    return body


def grown(value: Any, steps: list[str], path: str) -> Any:
    if not steps or value is None:
        return value
    if isinstance(value, list):
        return [grown(item, steps, path) for item in value]
    name, rest = steps[0], steps[1:]
    kind = value.get("object", "")
    if (kind, name) in INCLUDABLE:
        inner = value.get(name) or INCLUDABLE[kind, name](value)
    elif name in EXPANDABLE.get(kind, ()) or (not kind and name in NESTED and name in value):
        inner = find(value[name]) if isinstance(value[name], str) else value[name]
    elif rest and isinstance(value.get(name), dict | list):
        inner = value[name]
    else:
        raise StripeFailure(400, f"This property cannot be expanded ({path}).", param="expand")
    return {**value, name: grown(inner, rest, path)}
