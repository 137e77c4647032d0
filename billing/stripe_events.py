"""The webhook inbox: every event is kept once, then processed until it is done.

An event is only a reason to look: what it says is asked of Stripe again, so that order, age and repetition
of deliveries do not matter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from billing.errors import NotOurs
from billing.event_handlers import HANDLERS, Handler
from billing.models import StripeEvent
from billing.refetching import fetch_and_apply
from billing.stripe_client import verified_event

log = structlog.get_logger(__name__)
Status = StripeEvent.Status
Source = StripeEvent.Source
# What a handler may read of the object in an event: ids, to ask Stripe by.
NAMES = ("id", "object", "charge", "payment_intent", "refund", "customer", "invoice")
OVERDUE = timedelta(seconds=30)
MAX_ATTEMPTS = 20


def receive(payload: bytes, header: str) -> StripeEvent:
    """Keep a delivery and have it processed; a repeated one is the row that is there.

    Raises InvalidSignature and UnsupportedVersion with nothing kept.
    """
    event, _ = keep(verified_event(payload, header), Source.WEBHOOK)
    if event.status in StripeEvent.WAITING:
        transaction.on_commit(lambda: publish(event.pk))
    return event


def keep(body: dict[str, Any], source: StripeEvent.Source) -> tuple[StripeEvent, bool]:
    """The event's one row in the inbox, and whether it is new. The unique id decides between two at once."""
    try:
        with transaction.atomic():
            event = StripeEvent.objects.create(
                event_id=body["id"],
                type=body["type"],
                api_version=body["api_version"] or "",
                source=source,
                payload=outline(body),
            )
        return event, True
    except IntegrityError:
        return StripeEvent.objects.get(event_id=body["id"]), False


def outline(body: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an event: enough to ask Stripe again, and nothing that names or locates a person."""
    subject = body["data"]["object"]
    names = {name: subject[name] for name in NAMES if isinstance(subject.get(name), str)}
    return {"id": body["id"], "type": body["type"], "created": body["created"], "data": {"object": names}}


def replay(events: QuerySet[StripeEvent]) -> int:
    """Have events processed once more, whatever became of them. How many.

    Harmless for those that were: processing asks Stripe what is true and brings the purchase there.
    """
    pks = list(events.values_list("pk", flat=True))
    with transaction.atomic():
        StripeEvent.objects.filter(pk__in=pks).update(
            status=Status.RECEIVED, attempts=0, last_error="", processed_at=None
        )
        for pk in pks:
            transaction.on_commit(partial(publish, pk))
    return len(pks)


def publish(pk: int) -> None:
    """Tell a worker. A broker that is down loses nothing: the sweeper finds the row."""
    from billing.tasks import process_event_task  # tasks import this module

    try:
        process_event_task.apply_async((pk,), retry=False)
    except Exception as exc:
        log.warning("event_hint_not_sent", event_pk=pk, error=str(exc))


def process(pk: int) -> None:
    """Process one event, if it still waits. A failure is written down and raised no further: it is retried."""
    event = StripeEvent.objects.get(pk=pk)
    if event.status not in StripeEvent.WAITING:
        return
    try:
        _process(event)
    except Exception as exc:
        log.exception("event_failed", stripe_event=event.event_id, type=event.type)
        StripeEvent.objects.filter(pk=pk, status__in=StripeEvent.WAITING).update(
            status=Status.FAILED, attempts=F("attempts") + 1, last_error=f"{type(exc).__name__}: {exc}"[:2000]
        )


def _process(event: StripeEvent) -> None:
    handler = HANDLERS.get(event.type)
    if handler is None:
        _finish(event, Status.IGNORED, "")
        return
    subject = event.payload["data"]["object"]
    try:
        fetch_and_apply(lambda: _apply(event, handler, handler.fetch(subject)))
    except NotOurs as exc:
        _finish(event, Status.IGNORED, str(exc))


def _apply(event: StripeEvent, handler: Handler, found: Any) -> None:
    with transaction.atomic():
        # Effect and mark stand or fall together; whoever comes second waits here and finds it done.
        locked = StripeEvent.objects.select_for_update().get(pk=event.pk)
        if locked.status not in StripeEvent.WAITING:
            return
        _finish(event, Status.PROCESSED, handler.apply(found))


def _finish(event: StripeEvent, status: StripeEvent.Status, note: str) -> None:
    StripeEvent.objects.filter(pk=event.pk, status__in=StripeEvent.WAITING).update(
        status=status, attempts=F("attempts") + 1, last_error=note, processed_at=timezone.now()
    )


def overdue(now: datetime) -> Iterator[int]:
    """Keys of events that nobody finished, oldest first; each further attempt waits longer."""
    waiting = StripeEvent.objects.filter(
        status__in=StripeEvent.WAITING,
        attempts__lt=MAX_ATTEMPTS,
        received_at__lte=now - OVERDUE,
    ).order_by("received_at")
    for pk, received_at, attempts in waiting.values_list("pk", "received_at", "attempts")[:500]:
        if received_at + OVERDUE * (attempts + 1) ** 2 <= now:
            yield pk


def sweep() -> int:
    """Process what was received and never finished: a lost message, a dead worker, Stripe out of reach."""
    found = list(overdue(timezone.now()))
    for pk in found:
        process(pk)
    return len(found)
