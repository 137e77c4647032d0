"""What a key may spend in a month. Kept by lineage, so that rotating the key changes nothing."""

from accounts.models import Account, ApiKey, KeyCap
from core.errors import AppError

MOST = 1_000_000


def cap_of(lineage: str) -> int | None:
    """Credits in a calendar month (UTC); None: no cap."""
    return KeyCap.objects.filter(lineage_id=lineage).values_list("monthly_credits", flat=True).first()


def caps_of(account: Account) -> dict[str, int]:
    """Every cap of the account, by lineage."""
    return dict(KeyCap.objects.filter(account=account).values_list("lineage_id", "monthly_credits"))


def set_cap(*, key: ApiKey, monthly_credits: int | None) -> None:
    """Cap the key and its rotations from the next request on; None takes the cap away.

    Raises AppError (400) for a cap outside 0 to 1,000,000; at 0 the key spends nothing.
    """
    if monthly_credits is None:
        KeyCap.objects.filter(lineage_id=key.lineage_id).delete()
        return
    if not 0 <= monthly_credits <= MOST:
        raise AppError("invalid_cap", 400, f"A key's cap must lie between 0 and {MOST} credits a month.")
    KeyCap.objects.update_or_create(
        lineage_id=key.lineage_id,
        defaults={"account_id": key.account_id, "monthly_credits": monthly_credits},
    )
