"""The shape of a new refund, and how it comes out."""

from typing import Any

from billing.stripe_simulator import ids, switches
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.resources.payment_methods import behaviour_of
from billing.stripe_simulator.store import Body


def first_status(charge: Body) -> str:
    """What a refund of this charge begins as: as a test ordered, else as the card has it."""
    ordered = switches.read("next_refunds", {"count": 0})
    if ordered["count"] > 0:
        switches.turn("next_refunds", {**ordered, "count": ordered["count"] - 1})
        status: str = ordered["status"]
        return status
    return "pending" if behaviour_of(charge["payment_method"]).refund == "pending" else "succeeded"


def later_status(charge: Body, status: str) -> str | None:
    """What becomes of it by itself; None where it stays as it is."""
    outcome = {("pending", "pending"): "succeeded", ("fails", "succeeded"): "failed"}
    return outcome.get((behaviour_of(charge["payment_method"]).refund, status))


def shaped(charge: Body, amount: int, status: str, given: dict[str, Any]) -> Body:
    """The refund as the API shows it, not booked yet; `amount` in minor units."""
    kind = charge["payment_method_details"]["type"]
    destination: Body = {"type": kind}
    if kind == "card":
        destination["card"] = {"reference_type": "acquirer_reference_number", "type": "refund"}
    return {
        "id": ids.new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": destination,
        "failure_balance_transaction": None,
        "metadata": given.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if status == "pending" else None,
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
