"""Tables of billing, a file each for the ledger, purchases, Stripe's events and reconciliation."""

from billing.models.ledger import (
    Clawback,
    CreditAccount,
    CreditGrant,
    Hold,
    HoldAllocation,
    LedgerEntry,
    LedgerTxn,
)
from billing.models.notices import BalanceNotice, BillingMail
from billing.models.purchases import Purchase, is_purchase_id, purchase_id
from billing.models.reconciliation import ReconciliationFinding
from billing.models.refunds import RefundAttempt
from billing.models.stripe_events import StripeEvent
from billing.models.top_ups import TopUpAttempt, TopUpConsent, TopUpRule

__all__ = [
    "BalanceNotice",
    "BillingMail",
    "Clawback",
    "CreditAccount",
    "CreditGrant",
    "Hold",
    "HoldAllocation",
    "LedgerEntry",
    "LedgerTxn",
    "Purchase",
    "ReconciliationFinding",
    "RefundAttempt",
    "StripeEvent",
    "TopUpAttempt",
    "TopUpConsent",
    "TopUpRule",
    "is_purchase_id",
    "purchase_id",
]
