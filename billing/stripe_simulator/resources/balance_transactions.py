"""Balance transactions: what a charge brought and a refund or a dispute took, fee and all."""

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams
from billing.stripe_simulator.store import Body, add, fetch

PAID_OUT_AFTER_S = 2 * 24 * 3600
FEE_PER_MILLE = 29
FEE_FIXED = 30


class BalanceTransactionListParams(DatedListParams):
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a parameter, not DRF's
    type = serializers.CharField(required=False)
    currency = serializers.CharField(required=False)


def processing_fee(amount: int) -> int:
    """What a charge of `amount` minor units costs."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED


def book(
    type: str, amount: int, currency: str, source: str, *, fee: int = 0, category: str = "", text: str = ""
) -> Body:
    """Book `amount` minor units (negative: out of the balance), less `fee`; the balance transaction."""
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if category == "dispute" else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return add(
        {
            "id": ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now() + PAID_OUT_AFTER_S,
            "balance_type": "payments",
            "created": now(),
            "currency": currency,
            "description": text or None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": fees if fee else [],
            "net": amount - fee,
            "reporting_category": category or type,
            "source": source,
            "status": "pending",
            "type": type,
        }
    )


def retrieve(call: Call, transaction: str) -> Body:
    return fetch("balance_transaction", transaction)


def list_transactions(call: Call) -> Body:
    rows = objects("balance_transaction", call.params, "source", "type", "currency")
    return page("/v1/balance_transactions", rows, call.params)


urlpatterns = [
    path("balance_transactions", endpoint(GET=Operation(list_transactions, BalanceTransactionListParams))),
    path("balance_transactions/<str:transaction>", endpoint(GET=Operation(retrieve))),
]
