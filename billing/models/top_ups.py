"""Automatic top-ups: what the customer agreed to, whether it is on, and each try at it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from billing.models.purchases import Purchase
from core.ids import public_id


def top_up_id() -> str:
    return public_id("top")


class TopUpConsent(models.Model):
    """What one customer agreed to, with the words that were shown; never changed, a new wish is a new row."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="top_up_consents")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    text_version = models.PositiveSmallIntegerField(help_text="Which words were agreed to.")
    threshold = models.BigIntegerField(help_text="Credits; below it a pack is bought.")
    pack = models.CharField(max_length=32)
    credits = models.BigIntegerField()
    amount = models.BigIntegerField(help_text="Minor units, for one top-up.")
    currency = models.CharField(max_length=3)
    monthly_limit = models.PositiveSmallIntegerField(help_text="Top-ups in a calendar month, UTC.")
    payment_method = models.CharField(max_length=128, help_text="Stripe's id of the saved card.")
    card_brand = models.CharField(max_length=32)
    card_last4 = models.CharField(max_length=4)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gt=0) & Q(credits__gt=0) & Q(amount__gt=0) & Q(monthly_limit__gt=0),
                name="top_up_consent_positive",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pack} below {self.threshold}, {self.monthly_limit} a month"

    @property
    def card_name(self) -> str:
        """What may be shown of the card."""
        return f"{self.card_brand} …{self.card_last4}"


class TopUpRule(models.Model):
    """Whether an account is topped up now, and what stands against it. No row: it never was."""

    class Ended(models.TextChoices):
        CUSTOMER = "customer", _("Switched off")
        DECLINED = "declined", _("The card was declined three times")
        CARD_GONE = "card_gone", _("The card is no longer saved")
        PRICE_CHANGED = "price_changed", _("The price of the pack changed")
        TAKEN_BACK = "taken_back", _("A payment was refunded or disputed")

    account = models.OneToOneField(Account, models.PROTECT, related_name="top_up_rule")
    consent = models.ForeignKey(TopUpConsent, models.PROTECT, related_name="+")
    enabled = models.BooleanField(default=False)
    ended = models.CharField(max_length=16, choices=Ended.choices, blank=True)
    declines = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    not_before = models.DateTimeField(null=True, blank=True, help_text="No try before it, after a decline.")

    class Meta:
        indexes = [models.Index(fields=["account"], name="top_up_enabled", condition=Q(enabled=True))]

    def __str__(self) -> str:
        return f"{self.account}: {'on' if self.enabled else self.ended or 'off'}"


class TopUpAttempt(models.Model):
    """One try at charging the saved card. Its row and its purchase exist before Stripe hears of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for the card")
        AUTHENTICATION = "authentication", _("Waiting for your confirmation")
        SUCCEEDED = "succeeded", _("Paid")
        DECLINED = "declined", _("Declined")
        FAILED = "failed", _("Not carried out")

    # One at a time: what may still cost money keeps the next from starting.
    UNSETTLED = (State.PENDING, State.AUTHENTICATION)

    public_id = models.CharField(max_length=40, unique=True, default=top_up_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="top_ups")
    consent = models.ForeignKey(TopUpConsent, models.PROTECT, related_name="attempts")
    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="top_up")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    stripe_payment_intent = models.CharField(max_length=128, unique=True, null=True, blank=True)
    reason = models.CharField(max_length=64, blank=True, help_text="The code that Stripe or we gave.")
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["pending", "authentication"]),
                name="top_up_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "authentication", "succeeded", "declined", "failed"]),
                name="top_up_state_known",
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="top_up_by_account")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"
