"""What a Checkout Session costs: its items, less the discount, with the tax."""

from billing.stripe_simulator.amounts import check_minimum
from billing.stripe_simulator.discounts import check, coupon_of, shares
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.store import Body, children, save
from billing.stripe_simulator.taxes import is_inclusive, tax


def priced(item: Body, discount: int, country: str | None) -> Body:
    """The item with its discount and its tax, in minor units; `country`: where tax is due, if anywhere."""
    inclusive = is_inclusive(item["price"])
    due = item["amount_subtotal"] - discount
    amount_tax = tax(due, country, inclusive=inclusive)
    total = due if inclusive else due + amount_tax
    return {**item, "amount_discount": discount, "amount_tax": amount_tax, "amount_total": total}


def totaled(session: Body, items: list[Body], country: str | None) -> tuple[Body, list[Body]]:
    """Session and items with every amount anew. Raises StripeFailure (400) for a total too small to charge."""
    off = [0] * len(items)
    for discount in session["discounts"]:
        off = shares(coupon_of(discount), [item["amount_subtotal"] for item in items])
    taxed = session["automatic_tax"]["enabled"]
    items = [priced(item, taken, country if taxed else None) for item, taken in zip(items, off, strict=True)]
    total = sum(item["amount_total"] for item in items)
    if total:
        check_minimum(total, session["currency"])
    session = {
        **session,
        "amount_subtotal": sum(item["amount_subtotal"] for item in items),
        "amount_total": total,
        "total_details": {
            "amount_discount": sum(item["amount_discount"] for item in items),
            "amount_shipping": 0,
            "amount_tax": sum(item["amount_tax"] for item in items),
        },
    }
    if taxed:
        status = "complete" if country else "requires_location_inputs"
        session["automatic_tax"] = {**session["automatic_tax"], "status": status}
    return session, items


def retotal(session: Body, country: str | None) -> Body:
    """Work an open session's amounts out again and keep them. Raises StripeFailure (400)."""
    changed, items = totaled(session, children("item", session["id"]), country)
    for item in items:
        save(item)
    return save(changed)


def discounted(session: Body, discount: Body | None, country: str | None) -> Body:
    """The session with another discount, or none. Raises StripeFailure (400) where it does not hold."""
    if discount:
        check(discount, session)
    try:
        return retotal({**session, "discounts": [discount] if discount else []}, country)
    except StripeFailure as failure:
        if failure.error.get("code") != "amount_too_small":
            raise
        raise StripeFailure(
            400, "With this code the total is too small to be paid.", param="discounts"
        ) from None
