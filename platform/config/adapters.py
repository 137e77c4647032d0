"""What must cross the apps when somebody signs up: joined here, above all of them."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.services import ensure_personal_account
from billing.trial import grant_trial


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up makes a personal account; the first verified address brings trial credits."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            ensure_personal_account(user=saved)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        # Together: an address is confirmed only once, and a grant that fails then would never come.
        with transaction.atomic():
            confirmed: bool = super().confirm_email(request, email_address)
            if confirmed:
                account = ensure_personal_account(user=email_address.user)
                grant_trial(account=account, email=email_address.email)
        return confirmed
