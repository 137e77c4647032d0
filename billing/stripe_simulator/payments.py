"""Paying an open Checkout Session with a card. Callers hold a transaction."""

from billing.stripe_simulator.cards import Card, Decline
from billing.stripe_simulator.resources.charges import create_charge
from billing.stripe_simulator.resources.checkout_sessions import payment_plan
from billing.stripe_simulator.resources.checkout_shape import details
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_intents import create_intent
from billing.stripe_simulator.resources.payment_methods import create_payment_method
from billing.stripe_simulator.store import Body, fetch, save


def pay(session: Body, card: Card, public_url: str) -> Decline | str:
    """Try the card: its decline, or the id of the `checkout.session.completed` event.

    A decline leaves the session open with the same PaymentIntent, ready for another card.
    """
    if session["amount_total"] == 0:
        return complete(session, card, "no_payment_required")
    if session["payment_intent"]:
        intent = fetch("payment_intent", session["payment_intent"])
    else:
        intent = create_intent(session, payment_plan(session["id"]), session["customer"])
        session = save({**session, "payment_intent": intent["id"]})
        emit("payment_intent.created", intent)
    method = create_payment_method(card, None)
    charge = create_charge(intent, method, card, public_url)
    if card.decline:
        decline(intent, method, charge, card.decline)
        return card.decline
    intent = save(
        {
            **intent,
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": charge["id"],
            "payment_method": method["id"],
            "status": "succeeded",
        }
    )
    emit("charge.succeeded", charge)
    emit("payment_intent.succeeded", intent)
    return complete(session, card, "paid")


def complete(session: Body, card: Card, payment_status: str) -> str:
    session = save(
        {
            **session,
            "customer_details": details(email=card.email, name=card.name),
            "payment_status": payment_status,
            "status": "complete",
            "url": None,
        }
    )
    return emit("checkout.session.completed", session)


def decline(intent: Body, method: Body, charge: Body, reason: Decline) -> None:
    error = {
        "charge": charge["id"],
        "code": reason.code,
        "doc_url": f"https://docs.stripe.com/error-codes#{reason.code.replace('_', '-')}",
        "message": reason.message,
        "payment_method": method,
        "type": "card_error",
    }
    if reason.decline_code:
        error["decline_code"] = reason.decline_code
    failed = save(
        {
            **intent,
            "last_payment_error": error,
            "latest_charge": charge["id"],
            "status": "requires_payment_method",
        }
    )
    emit("charge.failed", charge)
    emit("payment_intent.payment_failed", failed)
