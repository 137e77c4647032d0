"""Operators look at jobs; pictures are not shown here."""

from django.contrib import admin

from core.read_only_admin import ReadOnlyAdmin
from restoration.models import Attempt, Restoration, WorkerHeartbeat


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False


@admin.register(Restoration)
class RestorationAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "account",
        "origin",
        "status",
        "error_code",
        "attempts_made",
        "created_at",
        "ended_at",
    ]
    list_filter = ["status", "origin"]
    search_fields = ["public_id", "account__public_id"]
    inlines = [AttemptInline]


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["worker", "engine_version", "error", "seen_at"]
