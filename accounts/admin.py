"""Operators look up users, accounts and keys."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Account, ApiKey, KeyCap, Membership, User
from core.read_only_admin import ReadOnlyAdmin


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ["user"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "is_active", "is_staff", "date_joined"]
    search_fields = ["email"]
    exclude = ["password"]
    readonly_fields = ["last_login", "date_joined"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ["public_id", "name", "created_at"]
    search_fields = ["public_id", "name"]
    readonly_fields = ["public_id", "currency", "stripe_customer", "created_at"]
    inlines = [MembershipInline]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys are made by their owners; an operator can only look and revoke."""

    list_display = ["public_id", "account", "name", "masked", "last_used_at", "expires_at", "revoked_at"]
    search_fields = ["public_id", "account__public_id"]
    readonly_fields = [
        "public_id",
        "account",
        "name",
        "mode",
        "last4",
        "created_at",
        "last_used_at",
        "expires_at",
    ]
    fields = [*readonly_fields, "revoked_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False


@admin.register(KeyCap)
class KeyCapAdmin(ReadOnlyAdmin):
    """Set by the key's owner."""

    list_display = ["account", "lineage_id", "monthly_credits"]
    search_fields = ["account__public_id", "lineage_id"]
