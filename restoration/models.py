"""The job and its files. The row is the truth; a message on the broker is only a hint."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ApiKey
from core.ids import public_id


def source_id() -> str:
    return public_id("src")


def restoration_id() -> str:
    return public_id("rst")


def artifact_id() -> str:
    return public_id("art")


class Source(models.Model):
    """The picture that came in: fetched once, kept until its own expiry, shared by all runs on it."""

    public_id = models.CharField(max_length=40, unique=True, default=source_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="sources")
    url = models.TextField(blank=True, help_text="Where it is fetched from; empty for an upload.")
    storage_key = models.CharField(max_length=200, blank=True, help_text="Empty: not fetched yet, or purged.")
    mask_key = models.CharField(
        max_length=200, blank=True, help_text="The damage mask that came with it; kept and deleted with it."
    )
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="source_by_expiry")]

    def __str__(self) -> str:
        return self.public_id


class Restoration(models.Model):
    """One request to restore one source."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        PROCESSING = "processing", _("Processing")
        SUCCEEDED = "succeeded", _("Restored")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")
        EXPIRED = "expired", _("Expired")

    ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.EXPIRED)

    class Origin(models.TextChoices):
        API = "api", _("API")
        WEB = "web", _("Web")

    public_id = models.CharField(max_length=40, unique=True, default=restoration_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="restorations")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, blank=True, related_name="restorations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="restorations")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    options = models.JSONField(default=dict)
    options_version = models.PositiveSmallIntegerField()
    engine_version = models.CharField(max_length=32, blank=True)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict, blank=True, help_text="What the engine did and how much.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(max_length=24, blank=True)
    progress = models.FloatField(default=0.0, help_text="0 to 1.")
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True)
    fence = models.PositiveIntegerField(
        default=0, help_text="Grows with every claim; only the last may publish."
    )
    attempts_made = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Database time.")
    published_at = models.DateTimeField(default=timezone.now, help_text="When the last hint was sent.")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["queued", "processing", "succeeded", "failed", "canceled", "expired"]
                ),
                name="restoration_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="processing") | Q(lease_until__isnull=False),
                name="restoration_processing_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="restoration_by_account"),
            models.Index(
                fields=["status", "created_at"],
                name="restoration_unfinished",
                condition=Q(status__in=["queued", "processing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.status}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in self.ENDED


class Attempt(models.Model):
    """One worker's try at a job."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Lost")

    restoration = models.ForeignKey(Restoration, models.CASCADE, related_name="attempts")
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=120)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    error = models.TextField(blank=True)
    timings = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["restoration", "fence"], name="attempt_fence_once")]
        indexes = [
            models.Index(fields=["started_at"], name="attempt_running", condition=Q(outcome="running"))
        ]

    def __str__(self) -> str:
        return f"{self.restoration_id}/{self.fence} {self.outcome}"


class Artifact(models.Model):
    """A file that a job made, with an expiry of its own. A purged file leaves the job's status alone."""

    class Kind(models.TextChoices):
        OUTPUT = "output", _("Output")
        PREVIEW = "preview", _("Preview of the original")
        REPORT = "report", _("Report")
        CHANGE_MAP = "change_map", _("Change map")
        COMPARISON = "comparison", _("Comparison")
        DAMAGE_MASK = "damage_mask", _("Damage mask")

    public_id = models.CharField(max_length=40, unique=True, default=artifact_id, editable=False)
    restoration = models.ForeignKey(Restoration, models.PROTECT, related_name="artifacts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    storage_key = models.CharField(max_length=200)
    mime = models.CharField(max_length=40)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["restoration", "kind"], name="artifact_kind_once")]
        indexes = [
            models.Index(
                fields=["expires_at"], name="artifact_by_expiry", condition=Q(purged_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.kind}"

    @property
    def is_available(self) -> bool:
        """Whether the file can still be had."""
        return self.purged_at is None and self.expires_at > timezone.now()


class WorkerHeartbeat(models.Model):
    """A worker that can restore: /readyz and the estimate of the queue ask this table."""

    worker = models.CharField(max_length=120, unique=True)
    engine_version = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True, help_text="Empty: its engine is loaded.")
    seen_at = models.DateTimeField(help_text="Database time.")

    def __str__(self) -> str:
        return self.worker
