"""Reading and writing objects. Callers hold a transaction."""

from typing import Any

from billing.stripe_simulator.clock import now
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


def find(stripe_id: str, type: str | None = None) -> Body | None:
    """The object, of this type where one is named; None where there is none."""
    rows = StripeObject.objects.filter(stripe_id=stripe_id)
    row = (rows.filter(type=type) if type else rows).first()
    return row.body if row else None


def fetch(type: str, stripe_id: str, *, param: str | None = None) -> Body:
    """The object. Raises StripeFailure `resource_missing`: 404, or 400 where a parameter named it.

    A deleted one can still be asked for, and no longer be used as a parameter.
    """
    body = find(stripe_id, type)
    if body is None or (param and body.get("deleted")):
        raise missing(type, stripe_id, param)
    return body


def children(type: str, parent: str) -> list[Body]:
    """What is listed under an object, oldest first."""
    rows = StripeObject.objects.filter(type=type, parent=parent).order_by("seq")
    return [row.body for row in rows]


def remember(kind: str, owner: str, body: Body) -> None:
    """Keep what an object does not show, under the object's id."""
    StripeObject.objects.update_or_create(
        stripe_id=f"{kind}_{owner}",
        defaults={"type": kind, "parent": owner, "created": now(), "body": body},
    )


def recall(kind: str, owner: str) -> Body | None:
    """What was remembered; None where nothing was."""
    return find(f"{kind}_{owner}")
