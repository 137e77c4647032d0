"""Paying a PaymentIntent: accepted, refused, challenged, or under way for days. Callers hold a transaction."""

from typing import Any

from billing.stripe_simulator import agenda, completion
from billing.stripe_simulator.cards import Decline
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure, doc_url
from billing.stripe_simulator.gateway import Call
from billing.stripe_simulator.resources.charge_shape import outcome
from billing.stripe_simulator.resources.charges import booked, create_charge
from billing.stripe_simulator.resources.disputes import open_dispute
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_methods import attach_to, behaviour_of
from billing.stripe_simulator.store import Body, fetch, recall, remember, save

DEBIT_TAKES_S = 180
AUTHENTICATE = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
NOT_AUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again.",
)


def attempt(
    intent: Body,
    method: Body,
    public_url: str,
    *,
    off_session: bool = False,
    authenticated: bool = False,
    call: Call | None = None,
) -> Body:
    """Try the payment method; the PaymentIntent as it is then, with `last_payment_error` where it was refused.

    `off_session`: the customer is not there to answer a challenge; `authenticated`: they have answered it.
    """
    behaviour = behaviour_of(method["id"])
    set_up = behaviour.challenge == "until_set_up" and recall("set_up", method["id"]) is not None
    challenged = behaviour.challenge != "never" and not set_up and not authenticated
    if challenged and not off_session:
        return challenge(intent, method, public_url, call)
    if method["type"] != "card":
        return begin_debit(intent, method, public_url, call)
    decline = AUTHENTICATE if challenged else behaviour.decline
    charge = create_charge(
        intent, method, "failed" if decline else "succeeded", decline, public_url, authenticated=authenticated
    )
    intent = {**intent, "latest_charge": charge["id"], "next_action": None}
    if decline:
        emit("charge.failed", charge, call)
        return refuse(intent, method, decline, charge, call)
    if behaviour.dispute:
        agenda.plan("card_disputes", charge["id"], now())
    return succeed({**intent, "payment_method": method["id"]}, charge, call)


def challenge(intent: Body, method: Body, public_url: str, call: Call | None) -> Body:
    """The bank wants to see the customer first: the intent waits, with the page to send them to."""
    page = {"return_url": return_url_of(intent), "url": f"{public_url}/authenticate/{intent['id']}"}
    changed = save(
        {
            **intent,
            "last_payment_error": None,
            "next_action": {"redirect_to_url": page, "type": "redirect_to_url"},
            "payment_method": method["id"],
            "status": "requires_action",
        }
    )
    emit("payment_intent.requires_action", changed, call)
    return changed


def return_url_of(intent: Body) -> str | None:
    """Where whoever confirmed the payment wants the customer to return to; None for a checkout's."""
    url: str | None = (recall("return_url", intent["id"]) or {}).get("return_url")
    return url


def begin_debit(intent: Body, method: Body, public_url: str, call: Call | None) -> Body:
    """Ask the customer's bank for the money, which takes its time to answer."""
    charge = create_charge(intent, method, "pending", None, public_url, authenticated=False)
    changed = save(
        {
            **intent,
            "last_payment_error": None,
            "latest_charge": charge["id"],
            "payment_method": method["id"],
            "status": "processing",
        }
    )
    emit("charge.pending", charge, call)
    emit("payment_intent.processing", changed, call)
    agenda.plan("debit_settles", changed["id"], now() + DEBIT_TAKES_S)
    return completion.follow(changed)


def settle_debit(intent: Body, decline: Decline | None) -> Body:
    """The bank's answer to a debit. Raises StripeFailure (400) where none is awaited."""
    if intent["status"] != "processing":
        raise StripeFailure(400, f"A PaymentIntent that is {intent['status']} awaits no debit.")
    charge = fetch("charge", intent["latest_charge"])
    if decline is None:
        paid = {"status": "succeeded", "paid": True, "amount_captured": charge["amount"]}
        return succeed(intent, save(booked({**charge, **paid})), None)
    failed = {"status": "failed", "failure_code": decline.code, "failure_message": decline.message}
    charge = save({**charge, **failed, "outcome": outcome(decline)})
    emit("charge.failed", charge)
    return refuse(intent, fetch("payment_method", intent["payment_method"]), decline, charge, None)


@agenda.task("debit_settles")
def settle_debit_by_itself(intent_id: str) -> None:
    """Three minutes later the bank does what the account number says, unless it has answered already."""
    intent = fetch("payment_intent", intent_id)
    if intent["status"] == "processing":
        settle_debit(intent, behaviour_of(intent["payment_method"]).decline)


def fail_challenge(intent: Body) -> Body:
    """The customer did not prove to be the cardholder."""
    method = fetch("payment_method", intent["payment_method"])
    return refuse({**intent, "next_action": None}, method, NOT_AUTHENTICATED, None, None)


def succeed(intent: Body, charge: Body, call: Call | None) -> Body:
    changed = save(
        {
            **intent,
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "processing": None,
            "status": "succeeded",
        }
    )
    emit("charge.succeeded", charge, call)
    emit("payment_intent.succeeded", changed, call)
    changed = completion.follow(changed)
    keep_method(changed, call)
    return changed


def keep_method(intent: Body, call: Call | None) -> None:
    """Attach the payment method where the payment was to save it."""
    method = fetch("payment_method", intent["payment_method"])
    wanted = intent["setup_future_usage"] or method["allow_redisplay"] == "always"
    if intent["customer"] and wanted and method["customer"] is None:
        attach_to(method, intent["customer"], call)
    if intent["setup_future_usage"] == "off_session":
        remember("set_up", method["id"], {})


def refuse(intent: Body, method: Body, decline: Decline, charge: Body | None, call: Call | None) -> Body:
    failed = save(
        {
            **intent,
            "last_payment_error": error(decline, method, charge),
            "payment_method": None,
            "processing": None,
            "status": "requires_payment_method",
        }
    )
    emit("payment_intent.payment_failed", failed, call)
    return completion.follow(failed)


def error(decline: Decline, method: Body, charge: Body | None) -> dict[str, Any]:
    """A decline in the words of the API."""
    body = {
        "code": decline.code,
        "doc_url": doc_url(decline.code),
        "message": decline.message,
        "payment_method": method,
        "type": "card_error" if charge else "invalid_request_error",
    }
    if charge:
        body["charge"] = charge["id"]
    if decline.decline_code:
        body["decline_code"] = decline.decline_code
    return body


@agenda.task("card_disputes")
def dispute_by_itself(charge_id: str) -> None:
    """The card number says that its holder disputes what was charged."""
    charge = fetch("charge", charge_id)
    behaviour = behaviour_of(charge["payment_method"])
    if behaviour.dispute:
        reason, status = behaviour.dispute
        open_dispute(charge, amount=charge["amount"], reason=reason, status=status)
