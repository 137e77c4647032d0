"""Trial credits: once for a verified address, ever, though the address itself is not kept."""

import hashlib
import hmac

from django.conf import settings
from django.db import transaction

from accounts.models import Account
from billing import ledger
from billing.bookings import lock
from billing.models import CreditGrant


def grant_trial(*, account: Account, email: str) -> bool:
    """Grant the trial credits; False where this address, or this account, has had them before."""
    if settings.TRIAL_CREDITS < 1:
        return False
    mark = hmac.new(
        settings.TRIAL_PEPPER.encode(), email.strip().lower().encode(), hashlib.sha256
    ).hexdigest()
    with transaction.atomic():
        # Locked before it is asked: one account with ten addresses to confirm is still one account.
        row = lock(ledger.credit_account(account))
        if row.grants.filter(kind=CreditGrant.Kind.TRIAL).exists():
            return False
        return ledger.grant(
            account=account,
            amount=settings.TRIAL_CREDITS,
            kind=CreditGrant.Kind.TRIAL,
            source=f"trial:{mark}",
            reason="trial",
        )
