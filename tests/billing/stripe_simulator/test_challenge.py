"""The bank's challenge at the checkout: answered, failed, or left alone."""

import pytest
import stripe

from tests.billing.simulator import CHALLENGED_ALWAYS, CHALLENGED_ONCE, Simulator, http, submit


def challenge(simulator: Simulator, session: stripe.checkout.Session, number: str = CHALLENGED_ONCE) -> str:
    reply = simulator.pay(session.url or "", number)
    assert reply.status == 302
    return reply.headers["Location"]


def answer(page: str, answer: str) -> str:
    reply = submit(page, answer=answer)
    assert reply.status == 302
    location: str = reply.headers["Location"]
    return location


@pytest.mark.parametrize("number", [CHALLENGED_ONCE, CHALLENGED_ALWAYS])
def test_an_answered_challenge_pays(simulator: Simulator, number: str) -> None:
    session = simulator.order()
    page = challenge(simulator, session, number)
    waiting = simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(waiting.payment_intent, stripe.PaymentIntent)
    assert (waiting.status, waiting.payment_intent.status) == ("open", "requires_action")
    assert answer(page, "complete") == f"http://127.0.0.1:9/done?session_id={session.id}"
    done = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert done.payment_status == "paid"
    charge = done.to_dict()["payment_intent"]["latest_charge"]
    assert charge["payment_method_details"]["card"]["three_d_secure"]["result"] == "authenticated"


def test_a_failed_challenge_leaves_the_session_open(simulator: Simulator) -> None:
    session = simulator.order()
    back = answer(challenge(simulator, session), "fail")
    page = http.request("GET", f"{simulator.url}{back}").data.decode()
    assert "unable to authenticate" in page
    found = simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(found.payment_intent, stripe.PaymentIntent)
    assert (found.status, found.payment_intent.status) == ("open", "requires_payment_method")
    assert found.payment_intent.last_payment_error is not None
    assert found.payment_intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert simulator.pay(session.url or "").status == 302


def test_a_second_answer_pays_nothing_more(simulator: Simulator) -> None:
    session = simulator.order()
    page = challenge(simulator, session)
    assert answer(page, "complete") == answer(page, "complete")
    intent = str(simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    assert len(simulator.client.v1.charges.list({"payment_intent": intent}).data) == 1
    assert http.request("GET", page).status == 410


def test_an_unknown_challenge_is_404(simulator: Simulator) -> None:
    assert http.request("GET", f"{simulator.url}/authenticate/pi_none").status == 404
