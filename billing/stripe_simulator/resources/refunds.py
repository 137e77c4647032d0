"""Refunds: whole or in parts, never more than the charge; some stay pending, some fail later."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import agenda
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams, MetadataField, Params, merged
from billing.stripe_simulator.resources.balance_transactions import book
from billing.stripe_simulator.resources.disputes import close_inquiry, taken_by_dispute
from billing.stripe_simulator.resources.events import emit
from billing.stripe_simulator.resources.refund_shape import first_status, later_status, shaped
from billing.stripe_simulator.store import Body, add, fetch, save

SETTLES_AFTER_S = 180
# Whoever sees a refund as done may still see it fail: banks send money back.
NEXT = {
    "pending": {"succeeded", "failed", "canceled", "requires_action"},
    "requires_action": {"succeeded", "failed", "canceled"},
    "succeeded": {"failed"},
}


class RefundCreateParams(Params):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    amount = serializers.IntegerField(min_value=1, required=False)
    reason = serializers.ChoiceField(["duplicate", "fraudulent", "requested_by_customer"], required=False)
    metadata = MetadataField(required=False)


class RefundUpdateParams(Params):
    metadata = MetadataField(required=False)


class RefundListParams(DatedListParams):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)


def charge_of(params: dict[str, Any]) -> Body:
    """The charge to refund. Raises StripeFailure (400) where none was named or none succeeded."""
    if "charge" in params:
        return fetch("charge", params["charge"], param="charge")
    if "payment_intent" not in params:
        raise StripeFailure(400, "One of the following params should be provided: payment_intent or charge.")
    intent = fetch("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise StripeFailure(
            400, f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
    return fetch("charge", intent["latest_charge"])


def refundable(charge: Body, asked: int | None) -> int:
    """The amount to refund. Raises StripeFailure (400) for more than is left."""
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if asked is None else asked
    if charge["status"] != "succeeded":
        raise StripeFailure(
            400, f"Charge {charge['id']} did not succeed and cannot be refunded.", param="charge"
        )
    if taken_by_dispute(charge["id"]):
        raise StripeFailure(
            400,
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise StripeFailure(
            400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise StripeFailure(
            400,
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    return amount


def create(call: Call) -> Body:
    charge = charge_of(call.params)
    amount = refundable(charge, call.params.get("amount"))
    body = shaped(charge, amount, first_status(charge), call.params)
    booked = book("refund", -amount, charge["currency"], body["id"])
    body = add({**body, "balance_transaction": booked["id"]}, parent=charge["id"])
    if later_status(charge, body["status"]):
        agenda.plan("refund_settles", body["id"], now() + SETTLES_AFTER_S)
    charge = refunded(charge, amount, call)
    emit("refund.created", body, call)
    if charge["refunded"]:
        close_inquiry(charge["id"])
    return body


def refunded(charge: Body, amount: int, call: Call | None = None) -> Body:
    """The charge with `amount` more (negative: less) of it refunded."""
    previous = {name: charge[name] for name in ("amount_refunded", "refunded")}
    total = charge["amount_refunded"] + amount
    charge = save({**charge, "amount_refunded": total, "refunded": total == charge["amount"]})
    emit("charge.refunded" if amount > 0 else "charge.updated", charge, call, previous)
    return charge


def settle(refund: Body, status: str, call: Call | None = None) -> Body:
    """Bring a refund to its next status. Raises StripeFailure (400) where it cannot go there from here."""
    if status not in NEXT.get(refund["status"], ()):
        raise StripeFailure(400, f"A refund that is {refund['status']} does not become {status}.")
    previous = {"status": refund["status"]}
    changed = {**refund, "status": status, "pending_reason": None}
    if status in ("failed", "canceled"):
        back = book("refund_failure", refund["amount"], refund["currency"], refund["id"])
        changed["failure_balance_transaction"] = back["id"]
        changed["failure_reason"] = "lost_or_stolen_card" if status == "failed" else "merchant_request"
        refunded(fetch("charge", refund["charge"]), -refund["amount"], call)
    save(changed)
    emit("refund.updated", changed, call, previous)
    emit("charge.refund.updated", changed, call, previous)
    if status == "failed":
        emit("refund.failed", changed, call, previous)
    return changed


@agenda.task("refund_settles")
def settle_by_itself(refund_id: str) -> None:
    """Three minutes later the refund becomes what its card number says, unless it is over already."""
    refund = fetch("refund", refund_id)
    status = later_status(fetch("charge", refund["charge"]), refund["status"])
    if status:
        settle(refund, status)


def retrieve(call: Call, refund: str) -> Body:
    return fetch("refund", refund)


def update(call: Call, refund: str) -> Body:
    old = fetch("refund", refund)
    body = save({**old, "metadata": merged(old["metadata"], call.params.get("metadata"))})
    emit("refund.updated", body, call, {"metadata": old["metadata"]})
    return body


def cancel(call: Call, refund: str) -> Body:
    body = fetch("refund", refund)
    if body["status"] != "requires_action":
        raise StripeFailure(400, "Only a refund whose status is requires_action can be canceled.")
    return settle(body, "canceled", call)


def list_refunds(call: Call) -> Body:
    return page("/v1/refunds", objects("refund", call.params, "charge", "payment_intent"), call.params)


urlpatterns = [
    path(
        "refunds",
        endpoint(POST=Operation(create, RefundCreateParams), GET=Operation(list_refunds, RefundListParams)),
    ),
    path(
        "refunds/<str:refund>", endpoint(GET=Operation(retrieve), POST=Operation(update, RefundUpdateParams))
    ),
    path("refunds/<str:refund>/cancel", endpoint(POST=Operation(cancel))),
]
