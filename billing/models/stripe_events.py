"""What Stripe told us."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StripeEvent(models.Model):
    """The webhook inbox: every verified event once, with what became of it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        IGNORED = "ignored", _("Ignored")
        FAILED = "failed", _("Failed")

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        SWEEP = "sweep", _("Found by the reconciliation")

    # What is still to be processed, for the first time or again.
    WAITING = (Status.RECEIVED, Status.FAILED)

    event_id = models.CharField(max_length=128, unique=True)
    type = models.CharField(max_length=80)
    api_version = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.WEBHOOK)
    payload = models.JSONField(help_text="Ids and types; nothing that names a person is kept.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["status", "received_at"], name="event_by_status")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.type} {self.status}"
