"""Pages of a list that goes newest first, by (created_at, pk): new rows on top never shift a page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from restoration.models import Restoration

PAGE = 24


@dataclass(frozen=True)
class Page:
    """Rows, and the mark after which the next page begins (empty: this is the last)."""

    rows: list[Restoration]
    next_mark: str


def page_of(rows: QuerySet[Restoration], mark: str, size: int = PAGE) -> Page:
    """The page that begins after `mark`; a mark that cannot be read means the first page."""
    after = _parse(mark)
    if after is not None:
        created_at, pk = after
        rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.created_at.isoformat()}_{last.pk}" if last else "")


def _parse(mark: str) -> tuple[datetime, int] | None:
    instant, _, pk = mark.rpartition("_")
    try:
        created_at = datetime.fromisoformat(instant)
        return (created_at, int(pk)) if created_at.tzinfo else None
    except ValueError:
        return None
