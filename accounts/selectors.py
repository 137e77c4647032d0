"""Reading what a user or an account owns."""

from django.db.models import QuerySet

from accounts.models import Account, ApiKey, User
from accounts.services import ensure_personal_account


def account_of(user: User) -> Account:
    """The account that the signed-in user works in."""
    found = Account.objects.filter(memberships__user=user).order_by("memberships__created_at").first()
    return found or ensure_personal_account(user=user)


def keys_of(account: Account) -> QuerySet[ApiKey]:
    """The account's keys, newest first; revoked ones at the end."""
    return ApiKey.objects.filter(account=account).order_by("revoked_at", "-created_at", "-pk")
