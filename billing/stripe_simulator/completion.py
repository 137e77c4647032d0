"""What a payment does to the Checkout Session that it is for. Callers hold a transaction."""

from billing.stripe_simulator.discounts import redeem
from billing.stripe_simulator.payer import Payer
from billing.stripe_simulator.resources.checkout_sessions import plan_of
from billing.stripe_simulator.resources.customers import create_customer, update_customer
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.invoices import invoice_for
from billing.stripe_simulator.store import Body, fetch, recall, save


def follow(intent: Body) -> Body:
    """Bring the session of a PaymentIntent, if it has one, to where the payment is; the PaymentIntent then."""
    made_by = recall("made_by", intent["id"])
    if made_by is None:
        return intent
    session = fetch("checkout.session", made_by["session"])
    if session["status"] == "open" and intent["status"] in ("succeeded", "processing"):
        complete(session, intent)
    elif session["status"] == "complete" and intent["status"] == "succeeded":
        session = save(invoiced({**session, "payment_status": "paid"}, intent))
        emit("checkout.session.async_payment_succeeded", session)
    elif session["status"] == "complete":
        emit("checkout.session.async_payment_failed", session)
    return fetch("payment_intent", intent["id"])


def complete(session: Body, intent: Body | None) -> None:
    """Close an open session: paid, or unpaid while the money is under way; without an intent there was none."""
    payer = Payer(**(recall("payer", session["id"]) or {}))
    status = "no_payment_required"
    if intent:
        status = "paid" if intent["status"] == "succeeded" else "unpaid"
    session = {
        **session,
        "customer_details": payer.customer_details(),
        "payment_status": status,
        "status": "complete",
        "url": None,
    }
    session["customer"] = customer_of(session, payer, intent)
    if intent:
        save({**intent, "customer": session["customer"]})
    if status != "unpaid":
        session = invoiced(session, intent)
    redeem(session)
    emit("checkout.session.completed", save(session))


def customer_of(session: Body, payer: Payer, intent: Body | None) -> str | None:
    """The session's customer, brought up to date as it was asked; a new one where one is needed."""
    if session["customer"]:
        update_customer(session["customer"], payer, plan_of(session["id"])["customer_update"])
        customer: str = session["customer"]
        return customer
    saving = bool(intent and intent["setup_future_usage"])
    if saving or session["customer_creation"] == "always" or session["invoice_creation"]["enabled"]:
        made: str = create_customer(payer)["id"]
        return made
    return None


def invoiced(session: Body, intent: Body | None) -> Body:
    """The session with the invoice that it was to make, if it was."""
    if not session["invoice_creation"]["enabled"]:
        return session
    public_url = plan_of(session["id"])["public_url"]
    return {**session, "invoice": invoice_for(session, intent, public_url)["id"]}
