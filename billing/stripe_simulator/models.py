"""What the simulator remembers: objects as JSON, deliveries, keyed replies, faults, appointments, switches."""

from typing import ClassVar

from django.db import models


class StripeObject(models.Model):
    """One object as the API would return it. `seq` orders what was created in the same second."""

    objects: ClassVar[models.Manager["StripeObject"]] = models.Manager()

    seq = models.BigAutoField(primary_key=True)
    stripe_id = models.CharField(max_length=128, unique=True)
    type = models.CharField(max_length=40)
    parent = models.CharField(max_length=128, blank=True, db_index=True)
    created = models.BigIntegerField()
    body = models.JSONField()

    class Meta:
        app_label = "stripe_simulator"
        indexes = [models.Index(fields=["type", "-seq"], name="object_by_type")]

    def __str__(self) -> str:
        return self.stripe_id


class Delivery(models.Model):
    """One event on its way to the webhook endpoint. Times in seconds since 1970."""

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager()

    PENDING, DELIVERED, FAILED, DROPPED = "pending", "delivered", "failed", "dropped"

    event = models.ForeignKey(StripeObject, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, default=PENDING)
    due_at = models.FloatField()
    manner = models.CharField(max_length=10, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        app_label = "stripe_simulator"
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class KeyedReply(models.Model):
    """What a request with an Idempotency-Key answered; no status yet: it still runs."""

    objects: ClassVar[models.Manager["KeyedReply"]] = models.Manager()

    key = models.CharField(max_length=255, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    body = models.JSONField(null=True)
    created = models.BigIntegerField()

    class Meta:
        app_label = "stripe_simulator"

    def __str__(self) -> str:
        return self.key


class Fault(models.Model):
    """A failure that a test ordered for the next `remaining` calls of a path."""

    objects: ClassVar[models.Manager["Fault"]] = models.Manager()

    method = models.CharField(max_length=8, blank=True)
    path = models.CharField(max_length=120, blank=True)
    phase = models.CharField(max_length=8)
    status = models.PositiveIntegerField(default=0)
    delay_s = models.FloatField(default=0)
    remaining = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "stripe_simulator"

    def __str__(self) -> str:
        return f"{self.status} {self.phase} {self.path}"


class Appointment(models.Model):
    """Something that happens by itself when the simulator's clock reaches `due_at` (seconds since 1970)."""

    objects: ClassVar[models.Manager["Appointment"]] = models.Manager()

    task = models.CharField(max_length=40)
    subject = models.CharField(max_length=128)
    due_at = models.BigIntegerField(db_index=True)

    class Meta:
        app_label = "stripe_simulator"

    def __str__(self) -> str:
        return f"{self.task} {self.subject}"


class Switch(models.Model):
    """A named setting that can change while the simulator runs."""

    objects: ClassVar[models.Manager["Switch"]] = models.Manager()

    name = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()

    class Meta:
        app_label = "stripe_simulator"

    def __str__(self) -> str:
        return self.name
