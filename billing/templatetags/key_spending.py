"""What API keys spent, for the pages of keys: those belong to an app that knows nothing of credits."""

from collections.abc import Iterable

from django import template
from django.utils import timezone

from accounts.models import ApiKey
from billing import spending

register = template.Library()


@register.simple_tag
def spent_this_month(keys: Iterable[ApiKey]) -> dict[str, int]:
    """Credits that keys spent or hold in this calendar month (UTC), by lineage; without those that did not."""
    return spending.spent_by_keys([key.lineage_id for key in keys], timezone.now())


@register.simple_tag
def spent_by(key: ApiKey) -> int:
    """The same of one key."""
    return spending.spent_by_key(key.lineage_id, timezone.now())


@register.filter
def of_lineage(found: dict[str, int], lineage: str) -> int | None:
    """A key's figure in a table by lineage; None where it has none."""
    return found.get(lineage)
