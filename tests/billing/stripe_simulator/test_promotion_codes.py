"""Promotion codes at the checkout: typed, refused, used up, and whole orders for nothing."""

import uuid
from typing import Any

import pytest
import stripe

from tests.billing.simulator import Endpoint, Simulator, http, submit


def code(simulator: Simulator, coupon: dict[str, Any], **limits: Any) -> str:
    v1 = simulator.client.v1
    made = v1.coupons.create(coupon)  # type: ignore[arg-type]
    order: Any = {
        "promotion": {"type": "coupon", "coupon": made.id},
        "code": f"T{uuid.uuid4().hex[:10]}".upper(),
        **limits,
    }
    return v1.promotion_codes.create(order).code


def apply(session: stripe.checkout.Session, text: str) -> str:
    return submit(session.url or "", action="promotion", code=text).data.decode()


def opened(simulator: Simulator, amount: int = 2000, **changes: Any) -> stripe.checkout.Session:
    return simulator.order(amount, allow_promotion_codes=True, **changes)


def test_a_code_lowers_what_is_charged(simulator: Simulator, endpoint: Endpoint) -> None:
    session = opened(simulator)
    typed = code(simulator, {"percent_off": 25})
    assert "−USD 5.00" in apply(session, typed.lower())
    assert simulator.pay(session.url or "").status == 302
    done = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent", "discounts.promotion_code", "line_items"]}
    ).to_dict()
    assert (done["amount_subtotal"], done["amount_total"]) == (2000, 1500)
    assert done["total_details"]["amount_discount"] == 500
    assert done["payment_intent"]["amount_received"] == 1500
    assert done["line_items"]["data"][0]["amount_discount"] == 500
    assert done["discounts"][0]["promotion_code"]["code"] == typed
    found = simulator.client.v1.promotion_codes.list({"code": typed})
    assert [one.times_redeemed for one in found] == [1]


def test_a_code_for_everything_needs_no_card(simulator: Simulator, endpoint: Endpoint) -> None:
    session = opened(simulator)
    page = apply(session, code(simulator, {"percent_off": 100}))
    assert "Nothing to pay" in page
    assert "Card number" not in page
    assert submit(session.url or "", email="free@example.org", name="Free").status == 302
    done = simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert (done.payment_status, done.payment_intent, done.amount_total) == ("no_payment_required", None, 0)
    assert endpoint.await_event(session.id, "checkout.session.completed")


def test_a_code_can_be_taken_off_again(simulator: Simulator) -> None:
    session = opened(simulator)
    apply(session, code(simulator, {"amount_off": 300, "currency": "usd"}))
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).amount_total == 1700
    submit(session.url or "", action="remove_promotion")
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).amount_total == 2000


@pytest.mark.parametrize(
    ("coupon", "limits", "words"),
    [
        ({"percent_off": 10}, {"active": False}, "invalid"),
        ({"percent_off": 10}, {"expires_at": 1}, "expired"),
        ({"amount_off": 300, "currency": "eur"}, {}, "another currency"),
        ({"percent_off": 10, "redeem_by": 1}, {}, "no longer valid"),
        ({"amount_off": 1980, "currency": "usd"}, {}, "too small to be paid"),
        (
            {"percent_off": 10},
            {"restrictions": {"minimum_amount": 5000, "minimum_amount_currency": "usd"}},
            "too small for this code",
        ),
    ],
)
def test_a_code_that_does_not_hold_is_refused(
    simulator: Simulator, coupon: dict[str, Any], limits: dict[str, Any], words: str
) -> None:
    session = opened(simulator)
    assert words in apply(session, code(simulator, coupon, **limits))
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).amount_total == 2000


def test_a_code_is_used_as_often_as_it_may(simulator: Simulator) -> None:
    once = code(simulator, {"percent_off": 50}, max_redemptions=1)
    first, second = opened(simulator), opened(simulator)
    apply(first, once)
    apply(second, once)
    assert simulator.pay(first.url or "").status == 302
    late = simulator.pay(second.url or "")
    assert late.status == 400
    assert "expired" in late.data.decode()
    assert simulator.client.v1.checkout.sessions.retrieve(second.id).status == "open"


def test_a_first_purchase_code_is_for_new_customers(simulator: Simulator) -> None:
    customer = simulator.client.v1.customers.create({}).id
    welcome = code(simulator, {"percent_off": 50}, restrictions={"first_time_transaction": True})
    first = opened(simulator, customer=customer)
    assert "−USD 10.00" in apply(first, welcome)
    simulator.pay(first.url or "")
    assert "first purchase only" in apply(opened(simulator), welcome)
    assert "first purchase only" in apply(opened(simulator, customer=customer), welcome)


def test_a_shop_can_discount_by_itself(simulator: Simulator) -> None:
    coupon = simulator.client.v1.coupons.create({"percent_off": 10})
    assert simulator.order(discounts=[{"coupon": coupon.id}]).amount_total == 1800
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        simulator.order(discounts=[{"coupon": coupon.id}], allow_promotion_codes=True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.order(discounts=[{"coupon": "none"}])
    assert refused.value.code == "resource_missing"


def test_a_checkout_without_codes_takes_none(simulator: Simulator) -> None:
    session = simulator.order()
    assert "takes no codes" in apply(session, code(simulator, {"percent_off": 50}))
    assert "Promotion code" not in http.request("GET", session.url or "").data.decode()
