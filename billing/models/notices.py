"""What customers are told by mail, and when the balance is low enough to say so."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account


class BalanceNotice(models.Model):
    """An account's wish to hear of a low balance. No row: no mail."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="balance_notice")
    threshold = models.BigIntegerField(help_text="Credits; a mail goes out when fewer are available.")
    below = models.BooleanField(default=False, help_text="Said already; the balance has not risen since.")
    seen_seq = models.BigIntegerField(default=0, help_text="The last movement that was looked at.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(threshold__gt=0), name="notice_threshold_positive")]

    def __str__(self) -> str:
        return f"{self.account}: below {self.threshold}"


class BillingMail(models.Model):
    """A mail that is due or sent; written in the transaction of its cause, so that it is neither lost nor twice."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="billing_mails")
    kind = models.CharField(max_length=32, help_text="Which words.")
    key = models.CharField(max_length=160, unique=True, help_text="Its cause; one mail for each.")
    context = models.JSONField(default=dict, help_text="What the words need; no personal data.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now, help_text="When it is tried (again).")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="billing_mail_due", condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
