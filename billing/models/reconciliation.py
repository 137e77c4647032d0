"""Where Stripe, the ledger and the rules differ, until a person has said why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReconciliationFinding(models.Model):
    """One difference. Holds no personal data: ids, codes, counts and an operator's words."""

    class State(models.TextChoices):
        OPEN = "open", _("Unexplained")
        EXPLAINED = "explained", _("Explained")
        GONE = "gone", _("Gone")

    kind = models.CharField(max_length=40, help_text="Which check found it.")
    subject = models.CharField(
        max_length=128, help_text="The Stripe object, purchase or account it is about."
    )
    detail = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    explanation = models.TextField(blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    found_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, help_text="When it was there last.")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "explained", "gone"]), name="finding_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="explained") | ~Q(explanation=""), name="finding_explained_in_words"
            ),
        ]
        indexes = [models.Index(fields=["state", "-seen_at"], name="finding_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.state}"
