"""Operators look at credits, purchases and Stripe events; only the ledger changes them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from billing import findings, stripe_events
from billing.models import (
    BalanceNotice,
    BillingMail,
    Clawback,
    CreditAccount,
    CreditGrant,
    Hold,
    LedgerTxn,
    Purchase,
    ReconciliationFinding,
    RefundAttempt,
    StripeEvent,
    TopUpAttempt,
    TopUpConsent,
    TopUpRule,
)
from billing.refund_admin import refund_view
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
    list_display = [
        "public_id",
        "account",
        "pack",
        "credits",
        "amount",
        "currency",
        "state",
        "refunded_amount",
        "reversed_credits",
        "disputed",
        "created_at",
    ]
    list_filter = ["state", "disputed"]
    search_fields = ["public_id", "account__public_id", "stripe_session", "stripe_payment_intent"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(refund_view)
        return [path("<int:purchase_pk>/refund/", page, name="billing_purchase_refund"), *super().get_urls()]


@admin.register(RefundAttempt)
class RefundAttemptAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "purchase", "amount", "credits", "state", "reason", "operator", "created_at"]
    list_filter = ["state", "reason"]
    search_fields = ["public_id", "purchase__public_id", "stripe_refund"]


@admin.register(Clawback)
class ClawbackAdmin(ReadOnlyAdmin):
    list_display = ["ref", "grant", "amount", "credit_account"]
    search_fields = ["ref", "grant__source", "credit_account__account__public_id"]


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "status", "source", "attempts", "received_at", "processed_at"]
    list_filter = ["status", "source", "type"]
    search_fields = ["event_id", "payload"]
    date_hierarchy = "received_at"
    actions = ["replay"]

    @admin.action(description=_("Process the selected events again"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        for event in queryset:
            self.log_change(request, event, "Replayed.")
        count = stripe_events.replay(queryset)
        text = ngettext("%(count)d event is processed again.", "%(count)d events are processed again.", count)
        self.message_user(request, text % {"count": count})

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_stripeevent")


@admin.register(ReconciliationFinding)
class ReconciliationFindingAdmin(admin.ModelAdmin):
    """A person explains a difference; only reconciliation writes anything else."""

    list_display = ["kind", "subject", "state", "detail", "found_at", "seen_at", "explained_by"]
    list_filter = ["state", "kind"]
    search_fields = ["subject", "detail"]
    facts = ("kind", "subject", "detail", "state", "found_at", "seen_at", "closed_at", "explained_by")
    readonly_fields = facts
    fields = (*facts, "explanation")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReconciliationFinding | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        if "explanation" in form.base_fields:
            form.base_fields["explanation"].required = True
        return form

    def save_model(self, request: HttpRequest, obj: ReconciliationFinding, form: Any, change: bool) -> None:
        user = request.user
        assert isinstance(user, User)  # noqa: S101  the admin lets nobody else in
        findings.explain(finding=obj, user=user, text=obj.explanation)


@admin.register(TopUpRule)
class TopUpRuleAdmin(ReadOnlyAdmin):
    list_display = ["account", "enabled", "ended", "consent", "declines", "not_before"]
    list_filter = ["enabled", "ended"]
    search_fields = ["account__public_id"]


@admin.register(TopUpConsent)
class TopUpConsentAdmin(ReadOnlyAdmin):
    list_display = ["account", "pack", "threshold", "monthly_limit", "card_last4", "text_version", "given_at"]
    search_fields = ["account__public_id"]


@admin.register(TopUpAttempt)
class TopUpAttemptAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "account", "state", "reason", "purchase", "created_at", "settled_at"]
    list_filter = ["state"]
    search_fields = ["public_id", "account__public_id", "stripe_payment_intent", "purchase__public_id"]


@admin.register(BalanceNotice)
class BalanceNoticeAdmin(ReadOnlyAdmin):
    list_display = ["account", "threshold", "below"]
    search_fields = ["account__public_id"]


@admin.register(BillingMail)
class BillingMailAdmin(ReadOnlyAdmin):
    list_display = ["key", "account", "kind", "attempts", "next_at", "sent_at"]
    list_filter = ["kind"]
    search_fields = ["key", "account__public_id"]
