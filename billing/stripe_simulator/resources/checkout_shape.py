"""The shape of a new Checkout Session."""

from typing import Any

from billing.stripe_simulator import ids
from billing.stripe_simulator.bank_accounts import DEBITS
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.discounts import entry
from billing.stripe_simulator.payer import Payer, address
from billing.stripe_simulator.store import Body


def shaped(
    given: dict[str, Any], items: list[Body], customer: Body | None, expires_at: int, public_url: str
) -> Body:
    """The session as the API shows it, before its amounts are worked out."""
    session_id = ids.new("cs_test")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "allow_promotion_codes": given.get("allow_promotion_codes"),
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": automatic_tax(given),
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now(),
        "currency": items[0]["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": customer["id"] if customer else None,
        "customer_creation": None if customer else given.get("customer_creation", "if_required"),
        "customer_details": known(customer),
        "customer_email": given.get("customer_email"),
        "discounts": [entry(discount) for discount in given.get("discounts", [])],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": invoice_creation(given),
        "livemode": False,
        "locale": given.get("locale"),
        "metadata": given.get("metadata", {}),
        "mode": given["mode"],
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": offered(given, items[0]["currency"]),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "redirect_on_completion": None,
        "saved_payment_method_options": saved_options(given, customer),
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given["success_url"],
        "tax_id_collection": given.get("tax_id_collection", {"enabled": False, "required": "never"}),
        "total_details": None,
        "ui_mode": given["ui_mode"],
        "url": f"{public_url}/c/pay/{session_id}",
        "wallet_options": None,
    }


def known(customer: Body | None) -> Body | None:
    """What the session knows of the payer from the start."""
    if customer is None or not customer["email"]:
        return None
    where = customer["address"] or address()
    return Payer(customer["email"], customer["name"] or "", where).customer_details()


def automatic_tax(given: dict[str, Any]) -> Body:
    if not given.get("automatic_tax", {}).get("enabled"):
        return {"enabled": False, "liability": None, "provider": None, "status": None}
    status = "requires_location_inputs"
    return {"enabled": True, "liability": {"type": "self"}, "provider": "stripe", "status": status}


def invoice_creation(given: dict[str, Any]) -> Body:
    wanted = given.get("invoice_creation", {})
    data = wanted.get("invoice_data", {})
    return {
        "enabled": wanted.get("enabled", False),
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": data.get("description"),
            "footer": data.get("footer"),
            "issuer": None,
            "metadata": data.get("metadata", {}),
            "rendering_options": None,
        },
    }


def saved_options(given: dict[str, Any], customer: Body | None) -> Body | None:
    """Which saved cards the page offers, and whether the customer may save one; only with a customer."""
    if customer is None:
        return None
    usual = {"allow_redisplay_filters": ["always"], "payment_method_save": None}
    wanted = given.get("saved_payment_method_options", {})
    return {**usual, "payment_method_remove": None, **wanted}


def offered(given: dict[str, Any], currency: str) -> list[str]:
    """The ways to pay, as if the dashboard had them on; less those that the request does not allow."""
    usable = ["card", DEBITS[currency]] if currency in DEBITS else ["card"]
    return [kind for kind in usable if kind in given.get("allowed_payment_method_types", usable)]
