"""What was ordered and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.ids import public_id

PREFIX = "pur"


def purchase_id() -> str:
    return public_id(PREFIX)


def is_purchase_id(text: str | None) -> bool:
    """Whether it looks like one of ours; nothing is looked up."""
    return (text or "").startswith(f"{PREFIX}_")


class Purchase(models.Model):
    """One checkout. Its row exists before Stripe hears of it."""

    class State(models.TextChoices):
        CREATED = "created", _("Created")
        OPEN = "open", _("Open")
        PROCESSING = "processing", _("Payment pending")
        FULFILLED = "fulfilled", _("Paid")
        PARTIALLY_REVERSED = "partially_reversed", _("Paid, partly taken back")
        REVERSED = "reversed", _("Paid and taken back")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Failed")

    # What may still be paid.
    UNFINISHED = (State.CREATED, State.OPEN, State.PROCESSING)

    public_id = models.CharField(max_length=40, unique=True, default=purchase_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="purchases")
    pack = models.CharField(max_length=32)
    credits = models.BigIntegerField()
    quantity = models.BigIntegerField(default=1, help_text="How often the price is charged.")
    amount = models.BigIntegerField(help_text="Before discount and tax. Minor units, like all amounts here.")
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField(
        null=True, blank=True, help_text="What the customer pays; known when the checkout is complete."
    )
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=State.choices, default=State.CREATED)
    stripe_session = models.CharField(max_length=128, unique=True, null=True, blank=True)
    stripe_payment_intent = models.CharField(max_length=128, unique=True, null=True, blank=True)
    checkout_url = models.TextField(blank=True)
    receipt_url = models.TextField(blank=True)
    invoice_url = models.TextField(blank=True)
    invoice_pdf = models.TextField(blank=True)
    refunded_amount = models.BigIntegerField(default=0, help_text="By refunds that have not failed.")
    reversed_credits = models.BigIntegerField(default=0, help_text="Taken back for refunds and disputes.")
    disputed = models.BooleanField(default=False, help_text="A dispute is open or was lost.")
    reversal_seq = models.BigIntegerField(
        default=0, help_text="Counts what was applied of refunds and disputes; what was read before is old."
    )
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(
        null=True, blank=True, help_text="When the charge was made, by its own time."
    )
    fulfilled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(credits__gt=0) & Q(amount__gte=0), name="purchase_positive"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                & Q(discount__gte=0)
                & Q(tax__gte=0)
                & (Q(total=None) | Q(total__gte=0)),
                name="purchase_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0) & Q(reversed_credits__gte=0),
                name="purchase_reversal_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="purchase_by_account")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.credits} credits {self.state}"

    @property
    def credited(self) -> bool:
        """Whether its credits were granted, whatever was taken back since."""
        return self.fulfilled_at is not None

    @property
    def unit_amount(self) -> int:
        """The price of one piece."""
        return self.amount // self.quantity
