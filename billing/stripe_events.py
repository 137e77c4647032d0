"""The webhook inbox: every event is kept once, then processed until it is done.

An event is only a reason to look: what it says is asked of Stripe again, so that order, age and repetition
of deliveries do not matter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from billing import purchases
from billing.models import StripeEvent
from billing.stripe_client import verified_event

log = structlog.get_logger(__name__)
Status = StripeEvent.Status
CHECKOUT_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
OVERDUE = timedelta(seconds=30)
MAX_ATTEMPTS = 20


def receive(payload: bytes, header: str) -> StripeEvent:
    """Keep a delivery and have it processed; a repeated one is the row that is there.

    Raises InvalidSignature and UnsupportedVersion with nothing kept.
    """
    body = verified_event(payload, header)
    try:
        with transaction.atomic():
            event = StripeEvent.objects.create(
                event_id=body["id"], type=body["type"], api_version=body["api_version"], payload=body
            )
    except IntegrityError:
        event = StripeEvent.objects.get(event_id=body["id"])
    if event.status in (Status.RECEIVED, Status.FAILED):
        transaction.on_commit(lambda: publish(event.pk))
    return event


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
    if event.status not in (Status.RECEIVED, Status.FAILED):
        return
    try:
        _process(event)
    except Exception as exc:
        log.exception("event_failed", stripe_event=event.event_id, type=event.type)
        StripeEvent.objects.filter(pk=pk, status__in=[Status.RECEIVED, Status.FAILED]).update(
            status=Status.FAILED, attempts=F("attempts") + 1, last_error=f"{type(exc).__name__}: {exc}"[:2000]
        )


def _process(event: StripeEvent) -> None:
    if event.type not in CHECKOUT_EVENTS:
        _finish(event, Status.IGNORED, "")
        return
    subject = event.payload["data"]["object"]
    session = purchases.retrieve(subject["id"])
    with transaction.atomic():
        # Effect and mark stand or fall together; whoever comes second waits here and finds it done.
        locked = StripeEvent.objects.select_for_update().get(pk=event.pk)
        if locked.status not in (Status.RECEIVED, Status.FAILED):
            return
        if not (session.client_reference_id or "").startswith("pur_"):
            _finish(event, Status.IGNORED, "a session that this site did not open")
            return
        purchases.settle(session)
        _finish(event, Status.PROCESSED, "")


def _finish(event: StripeEvent, status: StripeEvent.Status, note: str) -> None:
    StripeEvent.objects.filter(pk=event.pk, status__in=[Status.RECEIVED, Status.FAILED]).update(
        status=status, attempts=F("attempts") + 1, last_error=note, processed_at=timezone.now()
    )


def overdue(now: datetime) -> Iterator[int]:
    """Keys of events that nobody finished, oldest first; each further attempt waits longer."""
    waiting = StripeEvent.objects.filter(
        status__in=[Status.RECEIVED, Status.FAILED],
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
