"""Reading and writing objects. Callers hold a transaction."""

from typing import Any

from billing.stripe_simulator.errors import missing
from billing.stripe_simulator.models import StripeObject

Body = dict[str, Any]


def add(body: Body, *, parent: str = "") -> Body:
    """Keep a new object. `parent`: id of the object it is listed under."""
    StripeObject.objects.create(
        stripe_id=body["id"], type=body["object"], parent=parent, created=body["created"], body=body
    )
    return body


def save(body: Body) -> Body:
    """Keep a changed object."""
    StripeObject.objects.filter(stripe_id=body["id"]).update(body=body)
    return body


def find(stripe_id: str) -> Body | None:
    row = StripeObject.objects.filter(stripe_id=stripe_id).first()
    return row.body if row else None


def fetch(type: str, stripe_id: str, *, param: str | None = None) -> Body:
    """The object. Raises StripeFailure `resource_missing`: 404, or 400 where a parameter named it."""
    row = StripeObject.objects.filter(stripe_id=stripe_id, type=type).first()
    if row is None:
        raise missing(type, stripe_id, param)
    body: Body = row.body
    return body


def children(type: str, parent: str) -> list[Body]:
    """What is listed under an object, oldest first."""
    rows = StripeObject.objects.filter(type=type, parent=parent).order_by("seq")
    return [row.body for row in rows]
