"""Lists: newest first, cursors by id, `has_more`."""

from typing import Any

from django.db.models import QuerySet

from billing.stripe_simulator.errors import missing
from billing.stripe_simulator.models import StripeObject
from billing.stripe_simulator.store import Body


def listing(url: str, data: list[Body], *, has_more: bool = False) -> Body:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def objects(type: str, params: dict[str, Any], *equal: str) -> QuerySet[StripeObject]:
    """Objects of a type, kept to the values of the `equal` parameters that were given and to `created`."""
    rows = StripeObject.objects.filter(type=type)
    for name in equal:
        if name in params:
            rows = rows.filter(**{f"body__{name}": params[name]})
    for bound, value in params.get("created", {}).items():
        rows = rows.filter(**{f"created__{bound}": value})
    return rows


def page(url: str, rows: QuerySet[StripeObject], params: dict[str, Any]) -> Body:
    """One page of `rows`. Raises StripeFailure (400) for a cursor that does not exist."""
    limit = params["limit"]
    backwards = "ending_before" in params
    name = "ending_before" if backwards else "starting_after"
    if name in params:
        cursor = StripeObject.objects.filter(stripe_id=params[name]).first()
        if cursor is None:
            raise missing("object", params[name], name)
        rows = rows.filter(seq__gt=cursor.seq) if backwards else rows.filter(seq__lt=cursor.seq)
    found = [row.body for row in rows.order_by("seq" if backwards else "-seq")[: limit + 1]]
    shown = found[:limit]
    return listing(url, shown[::-1] if backwards else shown, has_more=len(found) > limit)
