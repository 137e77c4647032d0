"""Refunds that operators order. Refunds made elsewhere are read from Stripe and have no row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.purchases import Purchase
from core.ids import public_id


def refund_id() -> str:
    return public_id("rfd")


class RefundAttempt(models.Model):
    """One order to give money back. Its row, and the credits it takes, exist before Stripe hears of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for Stripe")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused by Stripe")
        FAILED = "failed", _("Failed at the bank")

    class Reason(models.TextChoices):
        REQUESTED = "requested_by_customer", _("The customer asked for it")
        DUPLICATE = "duplicate", _("Bought twice")
        FRAUDULENT = "fraudulent", _("Fraudulent payment")

    public_id = models.CharField(max_length=40, unique=True, default=refund_id, editable=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="refund_attempts")
    amount = models.BigIntegerField(help_text="Minor units of the purchase's currency.")
    credits = models.BigIntegerField(help_text="What it was meant to take back.")
    reason = models.CharField(max_length=32, choices=Reason.choices)
    note = models.TextField(blank=True, help_text="Why, in the operator's words.")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    stripe_refund = models.CharField(max_length=128, unique=True, null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(credits__gte=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "accepted", "refused", "failed"]), name="refund_state_known"
            ),
            # Until Stripe has answered for one, another could give the same money back again.
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(state="pending"), name="refund_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="refund_by_state")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.amount} {self.state}"
