"""Credits as a double-entry ledger. Integers only; every foreign key protects."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class CreditAccount(models.Model):
    """Cached balances of one account: the only row that is ever locked, and the head of its ledger chain."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="credit_account")
    available = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=0), name="credits_available_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="credits_held_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="credits_debt_not_negative"),
            models.CheckConstraint(condition=Q(debt=0) | Q(available=0), name="credits_debt_or_available"),
        ]

    def __str__(self) -> str:
        return f"{self.available} available, {self.held} held, {self.debt} debt"


class CreditGrant(models.Model):
    """Credits that came in at once and expire together. Spent by priority, earliest expiry, oldest."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid")
        TRIAL = "trial", _("Trial")
        PROMO = "promo", _("Promotional")
        ADJUST = "adjust", _("Adjustment")

    credit_account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(
        max_length=120, unique=True, help_text="What it came from; grants nothing twice."
    )
    ref = models.CharField(
        max_length=80, blank=True, help_text="The purchase it came with: what is reversed together."
    )
    amount = models.BigIntegerField()
    free = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    lapsed = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    priority = models.SmallIntegerField(default=50, help_text="Smaller is spent first.")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(free__gte=0)
                & Q(held__gte=0)
                & Q(spent__gte=0)
                & Q(lapsed__gte=0)
                & Q(reversed__gte=0),
                name="grant_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount=F("free") + F("held") + F("spent") + F("lapsed") + F("reversed")),
                name="grant_parts_sum_to_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["credit_account", "priority", "expires_at"], name="grant_burn_order"),
            models.Index(fields=["ref"], name="grant_by_ref", condition=~Q(ref="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} from {self.source}"


class Hold(models.Model):
    """Credits set aside for one job: captured with its success, released with its failure, once."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        CAPTURED = "captured", _("Captured")
        RELEASED = "released", _("Released")

    credit_account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="holds")
    job = models.CharField(
        max_length=40, unique=True, help_text="The job's public id: a job is charged once."
    )
    amount = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    key_lineage = models.CharField(
        max_length=40, blank=True, help_text="The API key that spent it, through its rotations."
    )
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "captured", "released"]), name="hold_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="hold_by_state"),
            models.Index(
                fields=["key_lineage", "created_at"], name="hold_by_key", condition=~Q(key_lineage="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.state} for {self.job}"


class HoldAllocation(models.Model):
    """Which grants a hold draws on."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="allocations")
    grant = models.ForeignKey(CreditGrant, models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "grant"], name="allocation_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of grant {self.grant_id}"


class Clawback(models.Model):
    """Credits of a grant that are taken back for a purchase; with no grant, what was not found and is owed."""

    credit_account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="clawbacks")
    ref = models.CharField(max_length=80, help_text="The purchase that was refunded or disputed.")
    grant = models.ForeignKey(CreditGrant, models.PROTECT, null=True, related_name="clawbacks")
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ref", "grant"], name="clawback_once"),
            models.UniqueConstraint(
                fields=["ref"], condition=Q(grant=None), name="clawback_owed_once"
            ),  # to a UNIQUE key, NULL differs from NULL
            models.CheckConstraint(condition=Q(amount__gte=0), name="clawback_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.ref}"


class LedgerTxn(models.Model):
    """One movement of credits; append-only, chained per credit account. Holds no personal data."""

    credit_account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="transactions")
    seq = models.BigIntegerField()
    key = models.CharField(
        max_length=160, unique=True, help_text="Names the cause; the same cause books once."
    )
    kind = models.CharField(max_length=16)
    reason = models.CharField(max_length=64, blank=True)
    ref = models.CharField(max_length=80, blank=True, help_text="Public id of the job or purchase.")
    created_at = models.DateTimeField(default=timezone.now)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credit_account", "seq"], name="ledger_seq_once")]
        indexes = [models.Index(fields=["ref"], name="ledger_by_ref")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.ref}"


class LedgerEntry(models.Model):
    """One side of a movement. The entries of a transaction sum to zero."""

    class Book(models.TextChoices):
        ISSUED = "issued", _("Issued")
        AVAILABLE = "available", _("Available")
        HELD = "held", _("Held")
        SPENT = "spent", _("Spent")
        EXPIRED = "expired", _("Expired")
        REVERSED = "reversed", _("Reversed")
        DEBT = "debt", _("Debt")

    txn = models.ForeignKey(LedgerTxn, models.PROTECT, related_name="entries")
    book = models.CharField(max_length=10, choices=Book.choices)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["txn", "book"], name="entry_book_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.amount:+d}"
