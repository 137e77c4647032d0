"""The shape of a new dispute."""

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.store import Body

ANSWER_WITHIN_S = 7 * 24 * 3600
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
CASE_TYPES = {"needs_response": "chargeback", "warning_needs_response": "inquiry", "prevented": "block"}


def shaped(charge: Body, amount: int, reason: str, status: str) -> Body:
    """The dispute as the API shows it, before any money moves; `amount` in minor units."""
    card = charge["payment_method_details"].get("card", {})
    return {
        "id": ids.new("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now() + ANSWER_WITHIN_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": status == "warning_needs_response",
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card.get("brand", "visa"),
                "case_type": CASE_TYPES[status],
                "network": card.get("brand", "visa"),
                "network_reason_code": "83",
            },
            "type": "card",
        },
        "reason": reason,
        "status": status,
    }
