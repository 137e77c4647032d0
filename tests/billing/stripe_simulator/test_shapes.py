"""What the simulator answers has the shape that the SDK declares."""

import types
import typing
from typing import Any

import pytest
import stripe
from stripe import StripeObject

from billing.stripe_simulator import API_VERSION
from billing.stripe_simulator.expansion import EXPANDABLE, INCLUDABLE
from tests.billing.simulator import DECLINED, Simulator

CLASSES: dict[str, type[StripeObject]] = {
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "price": stripe.Price,
    "product": stripe.Product,
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


@pytest.fixture
def everything(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """One object of every type, made the way it comes to be."""
    v1 = simulator.client.v1
    customer = v1.customers.create({"email": "shape@example.org"})
    session = simulator.order(customer=customer.id)
    page = session.url or ""
    assert simulator.pay(page, DECLINED).status == 402
    assert simulator.pay(page).status == 302
    paid = v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items.data.price.product"]})
    intent = v1.payment_intents.retrieve(
        str(paid.payment_intent), {"expand": ["payment_method", "latest_charge.balance_transaction"]}
    )
    refund = v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    charge = v1.charges.retrieve(str(refund.charge), {"expand": ["refunds"]}).to_dict()
    made: list[dict[str, Any]] = [
        customer.to_dict(),
        paid.to_dict(),
        intent.to_dict(),
        refund.to_dict(),
        charge,
    ]
    made.append(v1.events.list({"limit": 1}).data[0].to_dict())
    item = made[1]["line_items"]["data"][0]
    made += [item, item["price"], item["price"]["product"], made[2]["payment_method"]]
    made.append(made[2]["latest_charge"]["balance_transaction"])
    return {body["object"]: body for body in made}


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_objects_match_the_declarations(everything: dict[str, dict[str, Any]], kind: str) -> None:
    assert complaints(everything[kind], CLASSES[kind], kind) == []


def test_a_declined_intent_matches_too(simulator: Simulator) -> None:
    session = simulator.order()
    simulator.pay(session.url or "", DECLINED)
    again = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert complaints(again.to_dict()["payment_intent"], stripe.PaymentIntent, "payment_intent") == []


def test_the_checker_sees_what_is_wrong() -> None:
    body = {"id": "cus_1", "object": "customer", "wallet": 1}
    found = complaints(body, stripe.Customer, "customer")
    assert "customer.wallet: unknown" in found
    assert "customer.created: required, not there" in found


def test_what_it_expands_is_expandable() -> None:
    for kind, names in EXPANDABLE.items():
        for name in names:
            assert "str" in str(fields(CLASSES[kind])[name]), (kind, name)
            assert any(not isinstance(arm, type) for arm in arms(fields(CLASSES[kind])[name])), (kind, name)
    for kind, name in INCLUDABLE:
        assert "ListObject" in str(fields(CLASSES[kind])[name])


def test_it_speaks_the_sdks_version() -> None:
    assert stripe.api_version == API_VERSION
