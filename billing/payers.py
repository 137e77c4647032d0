"""Whose business an account's money is."""

from accounts.models import Account, Membership, User

# Who may spend it, see what was spent, and hears of it by mail; in the order of being addressed.
ROLES = (Membership.Role.OWNER, Membership.Role.ADMIN, Membership.Role.BILLING)


def may_pay(*, account: Account, user: User) -> bool:
    """Whether the user is one of them in this account."""
    return Membership.objects.filter(account=account, user=user, role__in=ROLES).exists()
