"""Promotion codes and coupons at a checkout: whether one holds, and what it takes off."""

from itertools import accumulate, pairwise
from typing import Any

from django.db.models import QuerySet

from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure, missing
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.store import Body, fetch, find, save


def refused(message: str) -> StripeFailure:
    return StripeFailure(400, message, param="discounts")


def active(code: str) -> QuerySet[StripeObject]:
    """The active promotion codes that are spelled so; case does not matter."""
    return StripeObject.objects.filter(type="promotion_code", body__active=True, body__code__iexact=code)


def named(code: str) -> Body:
    """The active promotion code that a customer typed. Raises StripeFailure (400)."""
    row = active(code).first()
    if row is None:
        raise refused("This code is invalid.")
    body: Body = row.body
    return body


def coupon_of(discount: Body) -> Body:
    """The coupon behind an entry of a session's `discounts`."""
    if discount["promotion_code"]:
        promotion = fetch("promotion_code", discount["promotion_code"])["promotion"]
        return fetch("coupon", promotion["coupon"])
    return fetch("coupon", discount["coupon"])


def code_of(session: Body) -> str:
    """What the customer typed, empty where nothing is taken off."""
    codes = [discount["promotion_code"] for discount in session["discounts"] if discount["promotion_code"]]
    return str(fetch("promotion_code", codes[0])["code"]) if codes else ""


def check(discount: Body, session: Body) -> None:
    """Raises StripeFailure (400) where code or coupon does not hold for this session."""
    coupon = coupon_of(discount)
    if not coupon["valid"] or overdue(coupon["redeem_by"]):
        raise refused("This code is no longer valid.")
    if coupon["amount_off"] and coupon["currency"] != session["currency"]:
        raise refused("This code is for another currency.")
    if not discount["promotion_code"]:
        return
    code = fetch("promotion_code", discount["promotion_code"])
    if not code["active"] or overdue(code["expires_at"]) or is_used_up(code):
        raise refused("This code has expired.")
    if code["customer"] not in (None, session["customer"]):
        raise refused("This code is invalid.")
    limits = code["restrictions"]
    least, currency = limits["minimum_amount"], limits["minimum_amount_currency"]
    if least and (currency != session["currency"] or session["amount_subtotal"] < least):
        raise refused("Your order is too small for this code.")
    if limits["first_time_transaction"] and (not session["customer"] or has_paid(session["customer"])):
        raise refused("This code is for the first purchase only.")


def overdue(at: int | None) -> bool:
    return at is not None and at <= now()


def has_paid(customer: str) -> bool:
    paid = StripeObject.objects.filter(type="charge", body__customer=customer, body__status="succeeded")
    return paid.exists()


def shares(coupon: Body, subtotals: list[int]) -> list[int]:
    """What the coupon takes off each amount; together never more than there is."""
    total = sum(subtotals)
    if coupon["percent_off"] is not None:
        off = (total * round(coupon["percent_off"] * 100) + 5000) // 10000
    else:
        off = min(coupon["amount_off"], total)
    # Each takes what brings the sum so far to its share of all: whole, and never more than the item costs.
    sums = [0, *accumulate(subtotals)]
    so_far = [off * part // max(total, 1) for part in sums]
    return [after - before for before, after in pairwise(so_far)]


def redeem(session: Body) -> None:
    """Count the use of whatever a completed session was discounted with."""
    for discount in session["discounts"]:
        coupon = count(coupon_of(discount))
        save({**coupon, "valid": not is_used_up(coupon)})
        if discount["promotion_code"]:
            code = count(fetch("promotion_code", discount["promotion_code"]))
            save({**code, "active": code["active"] and not is_used_up(code)})


def count(body: Body) -> Body:
    return {**body, "times_redeemed": body["times_redeemed"] + 1}


def is_used_up(body: Body) -> bool:
    most = body["max_redemptions"]
    return most is not None and body["times_redeemed"] >= most


def entry(given: dict[str, Any]) -> Body:
    """A session's discount as the request names it. Raises StripeFailure (400) for an unknown one."""
    for kind in ("coupon", "promotion_code"):
        if kind in given and find(given[kind]) is None:
            raise missing(kind.replace("_", " "), given[kind], "discounts")
    return {"coupon": given.get("coupon"), "promotion_code": given.get("promotion_code")}
