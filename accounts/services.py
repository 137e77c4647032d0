"""Accounts and who belongs to them."""

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from accounts.models import Account, Membership, User


def ensure_personal_account(*, user: User) -> Account:
    """The account that the user owns; made at the first call."""
    with transaction.atomic():
        # Locked, so that two first calls at once make one account (SQLite: the transaction itself is the lock).
        get_user_model().objects.select_for_update().get(pk=user.pk)
        owned = (
            Membership.objects.filter(user=user, role=Membership.Role.OWNER).select_related("account").first()
        )
        if owned is not None:
            return owned.account
        account = Account.objects.create(name=user.email)
        Membership.objects.create(account=account, user=user, role=Membership.Role.OWNER)
        return account


def account_for_email(*, email: str) -> Account:
    """The personal account of this address; user and account are made where the address is new."""
    email = email.strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=email).first() or _new_user(email)
        return ensure_personal_account(user=user)


def _new_user(email: str) -> User:
    """A user without a password; the one that another process made at the same moment."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email)
    except IntegrityError:
        return User.objects.get(email=email)
