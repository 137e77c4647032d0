"""Paying an open Checkout Session. Callers hold a transaction."""

from billing.stripe_simulator import completion
from billing.stripe_simulator.discounts import check
from billing.stripe_simulator.payer import Payer
from billing.stripe_simulator.payments import attempt
from billing.stripe_simulator.resources.checkout_sessions import plan_of
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.payment_intent_shape import shaped
from billing.stripe_simulator.resources.payment_methods import methods_of
from billing.stripe_simulator.store import Body, add, fetch, find, remember, save
from billing.stripe_simulator.totals import retotal


def pay(session: Body, method: Body | None, payer: Payer, public_url: str) -> Body | None:
    """Try the payment method; the PaymentIntent then, or None where there was nothing to pay.

    A decline leaves the session open with the same PaymentIntent, ready for another card. Raises
    StripeFailure (400) for a promotion code that no longer holds.
    """
    for discount in session["discounts"]:
        check(discount, session)
    remember("payer", session["id"], payer.as_body())
    if method is None:
        completion.complete(session, None)
        return None
    return attempt(intent_of(session), method, public_url)


def settled(session: Body, payer: Payer) -> Body:
    """The session with the amounts that the payer's address makes."""
    return retotal(session, payer.address["country"] or country_of(session))


def country_of(session: Body) -> str | None:
    """The country that tax is due in, as far as the session knows."""
    details = session["customer_details"] or {}
    where = details.get("address") or {}
    country: str | None = where.get("country")
    return country


def intent_of(session: Body) -> Body:
    """The session's PaymentIntent over its present amount; made when the customer first pays."""
    if session["payment_intent"]:
        intent = fetch("payment_intent", session["payment_intent"])
        return save({**intent, "amount": session["amount_total"]})
    intent = add(
        shaped(
            session["amount_total"],
            session["currency"],
            session["customer"],
            session["payment_method_types"],
            plan_of(session["id"])["payment_intent_data"],
        )
    )
    remember("made_by", intent["id"], {"session": session["id"]})
    save({**session, "payment_intent": intent["id"]})
    emit("payment_intent.created", intent)
    return intent


def last_failure(session: Body) -> Body | None:
    """Why the last attempt to pay was refused."""
    intent = find(session["payment_intent"] or "")
    return intent["last_payment_error"] if intent else None


def saved_methods(session: Body) -> list[Body]:
    """The cards that the page offers the customer again."""
    options = session["saved_payment_method_options"]
    if not session["customer"] or not options:
        return []
    kept = methods_of(session["customer"])
    return [method for method in kept if method["allow_redisplay"] in options["allow_redisplay_filters"]]
