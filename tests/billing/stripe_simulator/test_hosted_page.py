"""The hosted checkout page: paid, declined, left, or no longer there."""

import re

import pytest
import stripe

from tests.billing.simulator import ACCEPTED, DECLINED, NO_FUNDS, Simulator, http


def page(session: stripe.checkout.Session) -> str:
    assert session.url
    return session.url


def test_an_accepted_card_pays_and_returns_with_the_session(simulator: Simulator) -> None:
    session = simulator.order(amount=2000)
    reply = simulator.pay(page(session))
    assert reply.status == 302
    assert reply.headers["Location"] == f"http://127.0.0.1:9/done?session_id={session.id}"
    done = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert (done.payment_intent.status, done.payment_intent.amount_received) == ("succeeded", 2000)
    assert isinstance(done.payment_intent.latest_charge, stripe.Charge)
    receipt = http.request("GET", done.payment_intent.latest_charge.receipt_url or "")
    assert receipt.status == 200
    assert b"USD 20.00" in receipt.data


@pytest.mark.parametrize(
    ("number", "words", "decline_code"),
    [(DECLINED, "was declined", "generic_decline"), (NO_FUNDS, "insufficient funds", "insufficient_funds")],
)
def test_a_refused_card_leaves_the_session_open(
    simulator: Simulator, number: str, words: str, decline_code: str
) -> None:
    session = simulator.order()
    reply = simulator.pay(page(session), number)
    assert reply.status == 402
    assert words in reply.data.decode()
    assert "You were not charged" in reply.data.decode()
    after = simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.status, after.payment_status) == ("open", "unpaid")
    assert isinstance(after.payment_intent, stripe.PaymentIntent)
    assert after.payment_intent.last_payment_error is not None
    assert after.payment_intent.last_payment_error.decline_code == decline_code


def test_another_card_pays_with_the_same_intent(simulator: Simulator) -> None:
    session = simulator.order()
    simulator.pay(page(session), DECLINED)
    first = simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert simulator.pay(page(session), ACCEPTED).status == 302
    done = simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert done.payment_intent == first
    assert {one.status for one in simulator.client.v1.charges.list({"payment_intent": str(first)})} == {
        "failed",
        "succeeded",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "4242424242424241"}, "card number is invalid"),
        ({"number": "4111111111111111"}, "use one of the test card numbers"),
        ({"expiry": "01 / 20"}, "in the past"),
        ({"expiry": "soon"}, "incomplete"),
        ({"cvc": "1"}, "security code"),
        ({"email": "nobody"}, "valid email"),
        ({"name": ""}, "required"),
    ],
)
def test_what_was_mistyped_is_said_on_the_page(
    simulator: Simulator, changes: dict[str, str], words: str
) -> None:
    session = simulator.order()
    reply = simulator.pay(page(session), **changes)
    assert reply.status in (200, 402)
    assert words in reply.data.decode()
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_it_says_what_it_is_and_offers_a_way_back(simulator: Simulator) -> None:
    text = http.request("GET", page(simulator.order())).data.decode()
    assert "Stripe simulator" in text
    assert re.search(r'href="http://127.0.0.1:9/canceled"', text)
    assert "<script" not in text


def test_a_paid_session_cannot_be_paid_again(simulator: Simulator) -> None:
    session = simulator.order()
    simulator.pay(page(session))
    reply = simulator.pay(page(session))
    assert reply.status == 410
    assert "complete" in reply.data.decode()
    intent = str(simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    assert len(simulator.client.v1.charges.list({"payment_intent": intent}).data) == 1


def test_an_expired_session_is_refused(simulator: Simulator) -> None:
    session = simulator.order()
    expired = simulator.client.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert simulator.pay(page(session)).status == 410
    with pytest.raises(stripe.InvalidRequestError):
        simulator.client.v1.checkout.sessions.expire(session.id)


def test_nothing_to_pay_needs_no_intent(simulator: Simulator) -> None:
    session = simulator.order(amount=0)
    assert simulator.pay(page(session)).status == 302
    done = simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert (done.payment_status, done.payment_intent) == ("no_payment_required", None)


def test_an_unknown_session_is_404(simulator: Simulator) -> None:
    assert http.request("GET", f"{simulator.url}/c/pay/cs_test_none").status == 404


@pytest.mark.parametrize("place", ["c/pay", "receipts", "p/session", "authenticate"])
def test_what_is_remembered_of_a_session_has_no_page(simulator: Simulator, place: str) -> None:
    session = simulator.order()
    assert http.request("GET", f"{simulator.url}/{place}/plan_{session.id}").status == 404
