"""How long paid credits last."""

from calendar import monthrange
from datetime import datetime

from django.conf import settings


def paid_until(bought: datetime) -> datetime | None:
    """When credits bought then expire: CREDITS_PAID_MONTHS calendar months later; None for never (0 months).

    The same day of the month and the same time; the month's last day where it is shorter.
    """
    months: int = settings.CREDITS_PAID_MONTHS
    if not months:
        return None
    year, month = divmod(bought.year * 12 + bought.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return bought.replace(year=year, month=month + 1, day=min(bought.day, last))
