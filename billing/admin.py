"""Operators look at credits, purchases and Stripe events; only the ledger changes them."""

from django.contrib import admin

from billing.models import CreditAccount, CreditGrant, Hold, LedgerTxn, Purchase, StripeEvent
from core.read_only_admin import ReadOnlyAdmin


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    list_display = ["account", "available", "held", "debt", "last_seq"]
    search_fields = ["account__public_id"]


@admin.register(CreditGrant)
class CreditGrantAdmin(ReadOnlyAdmin):
    list_display = [
        "source",
        "credit_account",
        "kind",
        "amount",
        "free",
        "held",
        "spent",
        "lapsed",
        "expires_at",
    ]
    list_filter = ["kind"]
    search_fields = ["source", "credit_account__account__public_id"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["job", "amount", "state", "created_at", "settled_at"]
    list_filter = ["state"]
    search_fields = ["job"]


@admin.register(LedgerTxn)
class LedgerTxnAdmin(ReadOnlyAdmin):
    list_display = ["key", "credit_account", "seq", "kind", "reason", "created_at"]
    list_filter = ["kind"]
    search_fields = ["key", "ref", "credit_account__account__public_id"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "account", "pack", "credits", "amount", "currency", "state", "created_at"]
    list_filter = ["state"]
    search_fields = ["public_id", "account__public_id", "stripe_session", "stripe_payment_intent"]


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "status", "attempts", "received_at", "processed_at"]
    list_filter = ["status", "type"]
    search_fields = ["event_id"]
