"""Reading what a user or an account owns."""

from django.db.models import F, QuerySet

from accounts.models import Account, ApiKey, User
from accounts.services import ensure_personal_account


def account_of(user: User) -> Account:
    """The account that the signed-in user works in."""
    found = Account.objects.filter(memberships__user=user).order_by("memberships__created_at").first()
    return found or ensure_personal_account(user=user)


def keys_of(account: Account) -> QuerySet[ApiKey]:
    """The account's keys, newest first; revoked ones at the end."""
    # Said aloud: left alone, SQLite sorts the empty ones first and PostgreSQL last.
    usable_first = F("revoked_at").asc(nulls_first=True)
    return ApiKey.objects.filter(account=account).order_by(usable_first, "-created_at", "-pk")
