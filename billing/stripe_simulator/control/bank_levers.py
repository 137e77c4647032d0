"""What banks do: dispute a charge, settle a refund or a debit, change their mind about a card."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import payments, switches
from billing.stripe_simulator.bank_accounts import NO_FUNDS
from billing.stripe_simulator.cards import fingerprint
from billing.stripe_simulator.control.lever import lever
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.params import Params
from billing.stripe_simulator.resources import disputes, refunds
from billing.stripe_simulator.store import Body, fetch, remember


class DisputeParams(Params):
    charge = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    amount = serializers.IntegerField(min_value=1, required=False)
    reason = serializers.CharField(default="fraudulent")
    status = serializers.ChoiceField(disputes.FIRST, default="needs_response")


class DisputeAdvanceParams(Params):
    dispute = serializers.CharField()
    status = serializers.ChoiceField(sorted(set().union(*disputes.NEXT.values())))


class RefundSettleParams(Params):
    refund = serializers.CharField()
    status = serializers.ChoiceField(sorted(set().union(*refunds.NEXT.values())))


class NextRefundsParams(Params):
    status = serializers.ChoiceField(["pending", "requires_action", "succeeded"])
    count = serializers.IntegerField(min_value=1, default=1)


class DebitParams(Params):
    payment_intent = serializers.CharField()
    status = serializers.ChoiceField(["failed", "succeeded"])


class CardParams(Params):
    payment_method = serializers.CharField()
    acts_as = serializers.RegexField(r"^[0-9]{12,19}$")


def make_dispute(params: dict[str, Any]) -> Body:
    """The bank disputes a charge: all of it, or `amount` minor units."""
    charge = refunds.charge_of(params)
    return disputes.open_dispute(
        charge,
        amount=params.get("amount") or charge["amount"],
        reason=params["reason"],
        status=params["status"],
    )


def advance_dispute(params: dict[str, Any]) -> Body:
    return disputes.advance(fetch("dispute", params["dispute"], param="dispute"), params["status"])


def settle_refund(params: dict[str, Any]) -> Body:
    return refunds.settle(fetch("refund", params["refund"], param="refund"), params["status"])


def order_refunds(params: dict[str, Any]) -> Body:
    """How the next refunds begin, whatever their cards say."""
    switches.turn("next_refunds", params)
    return params


def settle_debit(params: dict[str, Any]) -> Body:
    intent = fetch("payment_intent", params["payment_intent"], param="payment_intent")
    decline = NO_FUNDS.decline if params["status"] == "failed" else None
    return payments.settle_debit(intent, decline)


def change_card(params: dict[str, Any]) -> Body:
    """From now on a payment method acts as another test card."""
    method = fetch("payment_method", params["payment_method"], param="payment_method")
    if method["type"] != "card":
        raise StripeFailure(400, "Only a card can act as another card.", param="payment_method")
    remember("acts_as", method["id"], {"fingerprint": fingerprint(params["acts_as"])})
    return method


urlpatterns = [
    path("disputes", lever(make_dispute, DisputeParams)),
    path("disputes/advance", lever(advance_dispute, DisputeAdvanceParams)),
    path("refunds/next", lever(order_refunds, NextRefundsParams)),
    path("refunds/settle", lever(settle_refund, RefundSettleParams)),
    path("debits/settle", lever(settle_debit, DebitParams)),
    path("cards", lever(change_card, CardParams)),
]
