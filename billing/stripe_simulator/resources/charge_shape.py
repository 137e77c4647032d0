"""The shape of a new charge."""

from billing.stripe_simulator import ids
from billing.stripe_simulator.cards import Decline
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.store import Body

# What payment methods say of themselves and charges do not.
ONLY_IN_METHODS = {
    "display_brand",
    "financial_connections_account",
    "generated_from",
    "networks",
    "status_details",
    "three_d_secure_usage",
}


def outcome(decline: Decline | None) -> Body:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": (decline.decline_code or decline.code) if decline else None,
        "risk_level": "normal",
        "risk_score": 12,
        "rule": None,
        "seller_message": "The bank did not accept the payment." if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def means(method: Body, authorized: int | None, *, authenticated: bool) -> Body:
    """The charge's `payment_method_details`."""
    kind = method["type"]
    details = {name: value for name, value in method[kind].items() if name not in ONLY_IN_METHODS}
    if kind == "card":
        secure = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
        details |= {
            "amount_authorized": authorized,
            "installments": None,
            "mandate": None,
            "network": details["brand"],
            "three_d_secure": secure if authenticated else None,
        }
    return {"type": kind, kind: details}


def shaped(intent: Body, method: Body, status: str, decline: Decline | None, *, authenticated: bool) -> Body:
    """The charge as the API shows it, not booked yet."""
    amount = intent["amount"]
    captured = status == "succeeded"
    return {
        "id": ids.new("ch" if method["type"] == "card" else "py"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SIMULATOR",
        "captured": decline is None,
        "created": now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": outcome(decline),
        "paid": captured,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": means(method, amount if captured else None, authenticated=authenticated),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer": None,
        "transfer_data": None,
        "transfer_group": None,
    }
