"""Disputes: an inquiry that moves no money, or a chargeback that takes it and may give it back."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams, Fields, MetadataField, Params, merged
from billing.stripe_simulator.resources.balance_transactions import book
from billing.stripe_simulator.resources.dispute_shape import EVIDENCE, shaped
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.store import Body, add, children, fetch, save

FEE = 1500
FIRST = ("needs_response", "warning_needs_response", "prevented")
# An inquiry may close, or grow into a chargeback; a chargeback is won or lost.
NEXT = {
    "warning_needs_response": {"warning_under_review", "warning_closed", "needs_response"},
    "warning_under_review": {"warning_closed", "needs_response"},
    "needs_response": {"under_review", "won", "lost"},
    "under_review": {"won", "lost"},
}
CLOSED = {"won", "lost", "warning_closed", "prevented"}
TAKEN = {"needs_response", "under_review", "lost"}
# What Stripe's test mode takes for an answer, as `evidence[uncategorized_text]`.
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}


class EvidenceParams(Fields):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: serializers.CharField(required=False, max_length=150_000) for name in EVIDENCE}


class DisputeUpdateParams(Params):
    evidence = EvidenceParams(required=False)
    metadata = MetadataField(required=False)
    submit = serializers.BooleanField(required=False)


class DisputeListParams(DatedListParams):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)


def taken_by_dispute(charge_id: str) -> bool:
    """Whether the bank took money of this charge and has not given it back."""
    return any(dispute["status"] in TAKEN for dispute in children("dispute", charge_id))


def open_dispute(charge: Body, *, amount: int, reason: str, status: str) -> Body:
    """The bank disputes `amount` minor units of a charge. Raises StripeFailure (400) where it cannot."""
    if charge["status"] != "succeeded":
        raise StripeFailure(400, f"Charge {charge['id']} did not succeed and cannot be disputed.")
    if not 0 < amount <= charge["amount"]:
        raise StripeFailure(400, f"Disputed amount ({amount}) is not within the charge ({charge['amount']}).")
    save({**charge, "disputed": True})
    dispute = add(shaped(charge, amount, reason, status), parent=charge["id"])
    emit("charge.dispute.created", dispute)
    if status == "needs_response":
        dispute = withdraw(dispute)
    if status in CLOSED:
        emit("charge.dispute.closed", dispute)
    return dispute


def withdraw(dispute: Body) -> Body:
    """The bank takes the disputed amount, and Stripe its fee."""
    text = f"Chargeback withdrawal for {dispute['charge']}"
    return moved(dispute, -dispute["amount"], FEE, "dispute", text, "charge.dispute.funds_withdrawn")


def reinstate(dispute: Body) -> Body:
    text = f"Chargeback reversal for {dispute['charge']}"
    return moved(dispute, dispute["amount"], 0, "dispute_reversal", text, "charge.dispute.funds_reinstated")


def moved(dispute: Body, amount: int, fee: int, category: str, text: str, event: str) -> Body:
    booked = book(
        "adjustment", amount, dispute["currency"], dispute["id"], fee=fee, category=category, text=text
    )
    changed = save({**dispute, "balance_transactions": [*dispute["balance_transactions"], booked]})
    emit(event, changed, None, {"balance_transactions": dispute["balance_transactions"]})
    return changed


def advance(dispute: Body, status: str, call: Call | None = None) -> Body:
    """Bring a dispute to its next status. Raises StripeFailure (400) where it cannot go there from here."""
    if status not in NEXT.get(dispute["status"], ()):
        raise StripeFailure(400, f"A dispute that is {dispute['status']} does not become {status}.")
    previous = {"status": dispute["status"]}
    refundable = status == "won" or status.startswith("warning_")
    changed = save({**dispute, "status": status, "is_charge_refundable": refundable})
    emit("charge.dispute.closed" if status in CLOSED else "charge.dispute.updated", changed, call, previous)
    if status == "needs_response":
        changed = withdraw(changed)
    return reinstate(changed) if status == "won" else changed


def close_inquiry(charge_id: str) -> None:
    """A charge that is refunded in full leaves an inquiry nothing to ask."""
    for dispute in children("dispute", charge_id):
        if dispute["status"] in ("warning_needs_response", "warning_under_review"):
            advance(dispute, "warning_closed")


def retrieve(call: Call, dispute: str) -> Body:
    return fetch("dispute", dispute)


def update(call: Call, dispute: str) -> Body:
    old = fetch("dispute", dispute)
    if old["status"] in CLOSED:
        raise StripeFailure(400, f"This dispute is {old['status']} and takes no evidence.")
    submitted = call.params.get("submit", "evidence" in call.params)
    evidence = {**old["evidence"], **call.params.get("evidence", {})}
    details = {**old["evidence_details"], "has_evidence": any(evidence[name] for name in EVIDENCE)}
    if submitted:
        details["submission_count"] += 1
        details["submission_method"] = "manual"
    body = {**old, "evidence": evidence, "evidence_details": details}
    body["metadata"] = merged(old["metadata"], call.params.get("metadata"))
    previous = {name: old[name] for name in ("evidence", "evidence_details", "metadata")}
    emit("charge.dispute.updated", save(body), call, previous)
    if not submitted or not old["status"].endswith("needs_response"):
        return body
    body = advance(body, old["status"].replace("needs_response", "under_review"), call)
    verdict = VERDICTS.get(evidence["uncategorized_text"] or "")
    return advance(body, verdict, call) if verdict and body["status"] == "under_review" else body


def close(call: Call, dispute: str) -> Body:
    return advance(fetch("dispute", dispute), "lost", call)


def list_disputes(call: Call) -> Body:
    return page("/v1/disputes", objects("dispute", call.params, "charge", "payment_intent"), call.params)


urlpatterns = [
    path("disputes", endpoint(GET=Operation(list_disputes, DisputeListParams))),
    path(
        "disputes/<str:dispute>",
        endpoint(GET=Operation(retrieve), POST=Operation(update, DisputeUpdateParams)),
    ),
    path("disputes/<str:dispute>/close", endpoint(POST=Operation(close))),
]
