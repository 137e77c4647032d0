"""What the simulator answers has the shape that the SDK declares."""

import types
import typing
from typing import Any, Literal

import pytest
import stripe
from stripe import StripeObject

from billing.stripe_simulator import API_VERSION
from billing.stripe_simulator.expansion import EXPANDABLE, INCLUDABLE
from tests.billing.simulator import CHALLENGED_ONCE, DECLINED, Simulator, submit

CLASSES: dict[str, type[StripeObject]] = {
    "balance_transaction": stripe.BalanceTransaction,
    "billing_portal.session": stripe.billing_portal.Session,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "coupon": stripe.Coupon,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "item": stripe.LineItem,
    "line_item": stripe.InvoiceLineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "price": stripe.Price,
    "product": stripe.Product,
    "promotion_code": stripe.PromotionCode,
    "refund": stripe.Refund,
}


def fields(declared: type[StripeObject]) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in declared.__annotations__.items()
        if "ClassVar" not in str(hint) and name != "deleted"
    }


def arms(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a declared type."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(arm for inner in typing.get_args(hint) for arm in arms(inner))
    return (hint,)


def complaints(body: dict[str, Any], declared: type[StripeObject], where: str) -> list[str]:
    """Members that the SDK does not know, required ones that are absent or null, at every depth."""
    known = fields(declared)
    found = [f"{where}.{name}: unknown" for name in body if name not in known]
    for name, hint in known.items():
        required = type(None) not in arms(hint) and "Optional[" not in str(hint)
        if required and body.get(name) is None:
            found.append(f"{where}.{name}: required, not there")
        found += within(body.get(name), hint, f"{where}.{name}")
    return found


def within(value: Any, hint: Any, where: str) -> list[str]:
    if isinstance(value, list):
        element = (typing.get_args(next(arm for arm in arms(hint) if typing.get_origin(arm))) or (Any,))[0]
        return [complaint for one in value for complaint in within(one, element, f"{where}[]")]
    if isinstance(value, str):
        words = {
            word for arm in arms(hint) if typing.get_origin(arm) is Literal for word in typing.get_args(arm)
        }
        return [f"{where}: {value} is no value of it"] if words and value not in words else []
    if not isinstance(value, dict):
        return []
    if str(value.get("object")) in CLASSES:
        return complaints(value, CLASSES[value["object"]], where)
    nested = next(
        (arm for arm in arms(hint) if isinstance(arm, type) and issubclass(arm, StripeObject)), None
    )
    if nested is None or not getattr(nested, "__annotations__", None) or "Untyped" in nested.__name__:
        return []
    return complaints(value, nested, where)


def rich_order(simulator: Simulator) -> stripe.checkout.Session:
    """A session with everything that a session can be asked for."""
    v1 = simulator.client.v1
    coupon = v1.coupons.create({"amount_off": 100, "currency": "usd"})
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    customer = v1.customers.create({"email": "shape@example.org"})
    return simulator.order(
        customer=customer.id,
        customer_update={"address": "auto", "name": "auto"},
        automatic_tax={"enabled": True},
        billing_address_collection="required",
        tax_id_collection={"enabled": True},
        discounts=[{"promotion_code": code.id}],
        invoice_creation={"enabled": True},
        payment_intent_data={"setup_future_usage": "off_session"},
        saved_payment_method_options={"payment_method_save": "enabled"},
    )


def told(simulator: Simulator, after: str) -> list[dict[str, Any]]:
    """Every event since then, and what each is about."""
    events = simulator.client.v1.events.list({"ending_before": after, "limit": 100}).auto_paging_iter()
    bodies = [event.to_dict() for event in events]
    return bodies + [body["data"]["object"] for body in bodies]


@pytest.fixture
def everything(simulator: Simulator) -> list[dict[str, Any]]:
    """Objects of every type in the states that they come to, as events and replies show them."""
    v1 = simulator.client.v1
    v1.customers.create({})
    start = v1.events.list({"limit": 1}).data[0].id
    order = rich_order(simulator)
    where = {"country": "DE", "line1": "Weg 1", "postal_code": "10115", "city": "Berlin"}
    firm = {"business_name": "Bilder GmbH", "tax_id": "DE123456789", "save": "on"}
    page = order.url or ""
    assert simulator.pay(page, DECLINED, **where).status == 402
    challenge = simulator.pay(page, CHALLENGED_ONCE, **where, **firm).headers["Location"]
    submit(challenge, answer="complete")
    expand = ["line_items.data.price.product", "invoice.payments", "discounts.promotion_code"]
    paid = v1.checkout.sessions.retrieve(order.id, {"expand": expand}).to_dict()
    grown = ["payment_method", "latest_charge.balance_transaction", "latest_charge.refunds"]
    intent = v1.payment_intents.retrieve(paid["payment_intent"], {"expand": grown})
    debit = simulator.order()
    account = {"email": "payer@example.org", "name": "A Payer", "account": "000222222227"}
    submit(f"{debit.url}?method=debit", **account)
    for status in ("succeeded", "pending"):
        simulator.control("refunds/next", status=status)
        refund = v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    simulator.control("refunds/settle", refund=refund.id, status="failed")
    dispute = simulator.control("disputes", payment_intent=intent.id)["id"]
    simulator.control("disputes/advance", dispute=dispute, status="won")
    pending = str(v1.checkout.sessions.retrieve(debit.id).payment_intent)
    simulator.control("debits/settle", payment_intent=pending, status="failed")
    v1.checkout.sessions.expire(simulator.order().id)
    portal = v1.billing_portal.sessions.create({"customer": paid["customer"]})
    price = paid["line_items"]["data"][0]["price"]
    made = [paid, intent.to_dict(), portal.to_dict(), price, price["product"]]
    made += [paid["line_items"]["data"][0], paid["invoice"]["lines"]["data"][0]]
    made += told(simulator, start)
    made += [row.to_dict() for row in v1.balance_transactions.list({"limit": 5})]
    return made


def test_every_object_matches_the_declarations(everything: list[dict[str, Any]]) -> None:
    found = {
        complaint
        for body in everything
        for complaint in complaints(body, CLASSES[body["object"]], body["object"])
    }
    assert found == set()
    assert {body["object"] for body in everything} == set(CLASSES)


def test_the_checker_sees_what_is_wrong() -> None:
    body = {"id": "cus_1", "object": "customer", "wallet": 1}
    found = complaints(body, stripe.Customer, "customer")
    assert "customer.wallet: unknown" in found
    assert "customer.created: required, not there" in found
    found = complaints({"object": "dispute", "status": "gone"}, stripe.Dispute, "dispute")
    assert "dispute.status: gone is no value of it" in found


def test_what_it_expands_is_expandable() -> None:
    for kind, names in EXPANDABLE.items():
        for name in names:
            assert "str" in str(fields(CLASSES[kind])[name]), (kind, name)
            assert any(not isinstance(arm, type) for arm in arms(fields(CLASSES[kind])[name])), (kind, name)
    for kind, name in INCLUDABLE:
        assert "ListObject" in str(fields(CLASSES[kind])[name])


def test_it_speaks_the_sdks_version() -> None:
    assert stripe.api_version == API_VERSION
