"""Calendar months in UTC, by which caps and limits count."""

from datetime import UTC, datetime


def start_of_month(instant: datetime) -> datetime:
    """Midnight, UTC, of the first day of the month that the instant lies in."""
    return instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def start_of_next_month(instant: datetime) -> datetime:
    """When the count begins again."""
    first = start_of_month(instant)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
