"""Who owns what: users, accounts, memberships and API keys."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import public_id


def account_id() -> str:
    return public_id("acct")


def key_id() -> str:
    return public_id("key")


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Owns nothing: see Account."""

    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(max_length=16, default="en")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Bob@ and bob@ are one person, whichever form or shell the address comes from.
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.email


class Account(models.Model):
    """The owner of every key, credit, job and file."""

    public_id = models.CharField(max_length=40, unique=True, default=account_id, editable=False)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, blank=True, help_text="Fixed at the first purchase.")
    stripe_customer = models.CharField(max_length=64, blank=True)
    members = models.ManyToManyField(User, through="Membership")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.public_id


class Membership(models.Model):
    """How a user reaches an account."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Admin")
        DEVELOPER = "developer", _("Developer")
        BILLING = "billing", _("Billing")
        VIEWER = "viewer", _("Viewer")

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.OWNER)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}"


class ApiKey(models.Model):
    """A key of an account. The key itself is never stored: see accounts.api_keys."""

    class Mode(models.TextChoices):
        LIVE = "live", _("Live")
        TEST = "test", _("Test")

    public_id = models.CharField(max_length=40, unique=True, default=key_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    digest = models.CharField(max_length=64, unique=True)
    pepper_id = models.CharField(max_length=16)
    last4 = models.CharField(max_length=4)
    lineage_id = models.CharField(max_length=40, default=key_id, help_text="Kept through rotation.")
    scopes = models.JSONField(default=list, blank=True, help_text="Empty: everything.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at"], name="key_by_account")]

    def __str__(self) -> str:
        return f"{self.name} ({self.masked})"

    @property
    def masked(self) -> str:
        """What may be shown: prefix and last four."""
        return f"hl_{self.mode}_…{self.last4}"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class KeyCap(models.Model):
    """The most that a key may spend in a calendar month (UTC). It belongs to the lineage: rotation keeps it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="key_caps")
    lineage_id = models.CharField(max_length=40, unique=True)
    monthly_credits = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.lineage_id}: {self.monthly_credits} a month"
