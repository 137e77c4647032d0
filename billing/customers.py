"""One Stripe customer an account."""

import hashlib

from accounts.models import Account, User
from billing.stripe_client import client


def ensure_customer(*, account: Account, user: User, instead_of: str = "") -> str:
    """The id of the account's Stripe customer, made at the first purchase; call it outside a transaction.

    `instead_of`: an id that Stripe no longer knows, to be replaced. Raises StripeError.
    """
    if account.stripe_customer and account.stripe_customer != instead_of:
        return account.stripe_customer
    # The address is part of the key: Stripe refuses a key that comes back with other parameters.
    cause = hashlib.sha256(f"{user.email} {instead_of}".encode()).hexdigest()[:16]
    made = client().v1.customers.create(
        {"email": user.email, "metadata": {"account": account.public_id}},
        {"idempotency_key": f"customer:{account.public_id}:{cause}"},
    )
    # Two first purchases at once: the customer that was written first is kept.
    Account.objects.filter(pk=account.pk, stripe_customer=instead_of).update(stripe_customer=made.id)
    account.refresh_from_db(fields=["stripe_customer"])
    return account.stripe_customer
