"""The same scenarios on the simulator and, where STRIPE_TEST_SECRET_KEY is set, on Stripe itself."""

import uuid
from typing import Any

import pytest
import stripe

from tests.billing.sides import SIDES, Side, key_from, keys_of, side_of
from tests.billing.simulator import Simulator


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Side:
    return side_of(request.param, simulator, monkeypatch)


def test_a_session_opens_and_expires(side: Side) -> None:
    session = side.session(client_reference_id="pur_1", metadata={"purchase": "pur_1"}, expand=["line_items"])
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_subtotal, session.amount_total, session.currency) == (2100, 2100, "usd")
    assert session.line_items is not None
    assert [item.quantity for item in session.line_items.data] == [3]
    assert session.url
    expired = side.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert side.v1.checkout.sessions.retrieve(session.id).client_reference_id == "pur_1"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        side.v1.checkout.sessions.expire(session.id)
    assert refused.value.http_status == 400


def test_a_session_takes_a_discount(side: Side) -> None:
    coupon = side.v1.coupons.create({"percent_off": 25, "duration": "once"})
    code = side.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    session = side.session(discounts=[{"promotion_code": code.id}])
    assert (session.amount_subtotal, session.amount_total) == (2100, 1575)
    assert session.total_details is not None
    assert session.total_details.amount_discount == 525


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    side: Side, changes: dict[str, Any], code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        side.session(**changes)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


def test_an_unknown_object_is_404(side: Side) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        side.v1.payment_intents.retrieve("pi_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_key_answers_once(side: Side) -> None:
    key = {"idempotency_key": f"scenario-{uuid.uuid4()}"}
    first = side.v1.customers.create({"name": "Ada"}, key)
    assert side.v1.customers.create({"name": "Ada"}, key).id == first.id
    with pytest.raises(stripe.IdempotencyError) as refused:
        side.v1.customers.create({"name": "Eve"}, key)
    assert refused.value.http_status == 400


def test_refunds_add_up_to_the_charge(side: Side) -> None:
    intent = side.charge("pm_card_visa")
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    first = side.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert first.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        side.v1.refunds.create({"payment_intent": intent.id, "amount": 1501})
    assert refused.value.http_status == 400
    side.v1.refunds.create({"payment_intent": intent.id, "amount": 1500})
    charge = side.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (2000, True)
    assert len(side.v1.refunds.list({"charge": charge.id}).data) == 2
    with pytest.raises(stripe.InvalidRequestError) as again:
        side.v1.refunds.create({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"


def test_a_refund_can_be_pending(side: Side) -> None:
    intent = side.charge("pm_card_pendingRefund")
    refund = side.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"
    assert side.v1.charges.retrieve(str(intent.latest_charge)).amount_refunded == 2000


def test_a_declined_card(side: Side) -> None:
    with pytest.raises(stripe.CardError) as refused:
        side.charge("pm_card_visa_chargeDeclined")
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, error.code, error.decline_code) == (
        402,
        "card_declined",
        "generic_decline",
    )
    intent = side.v1.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    charge = side.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "card_declined")


def test_a_saved_card_is_charged_and_detached(side: Side) -> None:
    customer = side.customer()
    card = side.saved(customer, "pm_card_visa")
    intent = side.charge(card, customer=customer, off_session=True)
    assert (intent.status, intent.customer) == ("succeeded", customer)
    assert [one.id for one in side.v1.payment_methods.list({"customer": customer})] == [card]
    assert side.v1.payment_methods.detach(card).customer is None
    assert not side.v1.payment_methods.list({"customer": customer}).data


def test_a_saved_card_turns_bad(side: Side) -> None:
    customer = side.customer()
    card = side.saved(customer, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as refused:
        side.charge(card, customer=customer, off_session=True)
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")


def test_a_bank_wants_the_customer_who_is_away(side: Side) -> None:
    customer = side.customer()
    card = side.saved(customer, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        side.charge(card, customer=customer, off_session=True)
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, error.code) == (402, "authentication_required")
    assert error.payment_intent.status == "requires_payment_method"


def test_a_bank_wants_the_customer_who_is_there(side: Side) -> None:
    customer = side.customer()
    card = side.saved(customer, "pm_card_authenticationRequired")
    intent = side.charge(card, customer=customer, return_url="https://shop.example/back")
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == "redirect_to_url"
    assert side.v1.payment_intents.cancel(intent.id).status == "canceled"


def test_payment_methods_are_named_as_this_version_does(side: Side) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        side.charge("pm_card_visa", allowed_payment_method_types=None, payment_method_types=["card"])
    assert refused.value.code == "payment_method_types_no_longer_supported"


def test_a_disputed_card(side: Side) -> None:
    intent = side.charge("pm_card_createDispute")
    dispute = side.disputes(str(intent.latest_charge))[0]
    assert (dispute.status, dispute.amount) == ("needs_response", 2000)
    assert sum(row.amount for row in dispute.balance_transactions) == -2000
    assert side.v1.charges.retrieve(str(intent.latest_charge)).disputed
    assert side.v1.disputes.close(dispute.id).status == "lost"


def test_an_inquiry_takes_no_money(side: Side) -> None:
    intent = side.charge("pm_card_createDisputeInquiry")
    dispute = side.disputes(str(intent.latest_charge))[0]
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])


def test_the_simulator_shows_nothing_that_stripe_does_not(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe_side = side_of("stripe", simulator, monkeypatch)
    ours, theirs = keys_of(Side("simulator", simulator.client)), keys_of(stripe_side)
    assert {kind: ours[kind] - theirs[kind] for kind in ours} == {kind: set() for kind in ours}


@pytest.mark.parametrize("key", ["sk_live_0123456789", "rk_live_0123456789", "whatever"])
def test_a_live_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="must be a test key"):
        key_from({"STRIPE_TEST_SECRET_KEY": key})
