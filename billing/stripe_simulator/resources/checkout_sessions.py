"""Checkout Sessions: open → complete or expired."""

from typing import Any

from django.urls import path

from billing.stripe_simulator import agenda
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.discounts import check
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import listing, objects, page
from billing.stripe_simulator.params import ListParams
from billing.stripe_simulator.resources.checkout_params import SessionCreateParams, SessionListParams
from billing.stripe_simulator.resources.checkout_shape import shaped
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.line_items import attach, priced
from billing.stripe_simulator.resources.payment_intent_shape import canceled
from billing.stripe_simulator.store import Body, add, children, fetch, find, recall, remember, save
from billing.stripe_simulator.totals import totaled

DAY_S = 24 * 3600
SHORTEST_S = 30 * 60
EITHER = (
    ("customer", "customer_email"),
    ("customer", "customer_creation"),
    ("allow_promotion_codes", "discounts"),
)


def check_order(given: dict[str, Any]) -> None:
    """Raises StripeFailure (400) for parameters that do not go together."""
    expires_at = given.get("expires_at", now() + DAY_S)
    if not now() + SHORTEST_S - 60 <= expires_at <= now() + DAY_S + 60:
        raise StripeFailure(
            400,
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    for one, other in EITHER:
        if one in given and other in given:
            raise StripeFailure(400, f"You may only specify one of these parameters: {one}, {other}.")
    for name in ("customer_update", "saved_payment_method_options"):
        if name in given and "customer" not in given:
            raise StripeFailure(400, f"`{name}` can only be used with `customer`.", param=name)
    update = given.get("customer_update", {})
    for name, needed in (("automatic_tax", "address"), ("tax_id_collection", "name")):
        if "customer" in given and given.get(name, {}).get("enabled") and update.get(needed) != "auto":
            raise StripeFailure(
                400,
                f"For an existing customer, `{name}` needs `customer_update[{needed}]` set to `auto`.",
                param=f"customer_update[{needed}]",
            )


def create(call: Call) -> Body:
    given = call.params
    check_order(given)
    customer = fetch("customer", given["customer"], param="customer") if "customer" in given else None
    items = [priced(item, index) for index, item in enumerate(given["line_items"])]
    currency = items[0]["currency"]
    if any(item["currency"] != currency for item in items):
        raise StripeFailure(400, "All line items must use the same currency.", param="line_items")
    expires_at = given.get("expires_at", now() + DAY_S)
    body = shaped(given, items, customer, expires_at, call.public_url)
    country = (customer["address"] or {}).get("country") if customer else None
    if not body["payment_method_types"]:
        raise StripeFailure(
            400, f"None of these can be used with {currency}.", param="allowed_payment_method_types"
        )
    body, items = totaled(body, items, country)
    for discount in body["discounts"]:
        check(discount, body)
    add(body)
    attach(items, body["id"])
    plan = {
        "payment_intent_data": given.get("payment_intent_data", {}),
        "customer_update": given.get("customer_update", {}),
        "public_url": call.public_url,
    }
    remember("plan", body["id"], plan)
    agenda.plan("session_expires", body["id"], expires_at)
    return body


def plan_of(session_id: str) -> Body:
    """What the session was created with and does not show."""
    return recall("plan", session_id) or {}


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
    intent = find(body["payment_intent"] or "")
    if intent:
        emit("payment_intent.canceled", save(canceled(intent, "automatic")), call)
    emit("checkout.session.expired", body, call)
    return body


@agenda.task("session_expires")
def expire_by_itself(session_id: str) -> None:
    """Close a session whose time has come, unless it is paid or closed already."""
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
