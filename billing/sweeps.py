"""What webhooks did not bring: events that nobody took, sessions that went on without us."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from django.utils import timezone

from billing import findings, purchases, stripe_events
from billing.event_handlers import HANDLERS
from billing.models import Purchase, StripeEvent, is_purchase_id
from billing.stripe_client import Session, client

T = TypeVar("T")
log = structlog.get_logger(__name__)
State = Purchase.State
PAGE = 100
TYPES_A_CALL = 20  # Stripe's limit
# Stripe lists events for 30 days.
LISTED = timedelta(days=29)
ON_ITS_WAY = timedelta(minutes=2)
# A session is open for 24 hours at most; who is older than this cannot be paid any more.
SESSION_LIFE = timedelta(hours=25)
ASKED_AT_MOST = 200


def take_undelivered(grace: timedelta = ON_ITS_WAY) -> int:
    """Keep and process the events that no webhook of ours accepted. How many were new. Raises StripeError.

    `grace`: how old an event must be, for Stripe repeats a delivery by itself.
    """
    taken = 0
    now = timezone.now()
    since, until = stamp(now - LISTED), stamp(now - grace)
    for types in parts(sorted(HANDLERS), TYPES_A_CALL):
        listed = client().v1.events.list(
            {
                "types": types,
                "delivery_success": False,
                "created": {"gte": since, "lte": until},
                "limit": PAGE,
            }
        )
        for event in listed.auto_paging_iter():
            kept, new = stripe_events.keep(event.to_dict(), StripeEvent.Source.SWEEP)
            if new:
                log.warning("event_was_not_delivered", stripe_event=kept.event_id, type=kept.type)
                stripe_events.process(kept.pk)
                taken += 1
    return taken


def settle_sessions() -> int:
    """Bring purchases to where their sessions at Stripe are. How many were behind. Raises StripeError.

    Found by the purchase's id in the session, so that one whose answer was lost is found too. What Stripe has
    no session of after a day was never opened, and fails.
    """
    now = timezone.now()
    lost = Purchase.objects.filter(state=State.CREATED, stripe_session=None, top_up=None)
    oldest = lost.order_by("created_at").values_list("created_at", flat=True).first()
    since = max(min(now - SESSION_LIFE, oldest or now) - timedelta(minutes=1), now - LISTED)
    settled = sum(_settle(session.id) for session in _behind(_sessions(since)))
    settled += sum(_settle(session_id) for session_id in _overdue(now - SESSION_LIFE))
    # Only now: whoever had a session was found above.
    never_opened = lost.filter(created_at__lt=now - SESSION_LIFE).update(state=State.FAILED)
    if never_opened:
        log.warning("purchases_never_opened", count=never_opened)
    return settled


def _sessions(since: datetime) -> Iterator[Session]:
    listed = client().v1.checkout.sessions.list({"created": {"gte": stamp(since)}, "limit": PAGE})
    return listed.auto_paging_iter()


def _behind(sessions: Iterable[Session]) -> Iterator[Session]:
    """Those whose purchase does not stand where they do."""
    for page in parts(sessions, PAGE):
        ours = [session for session in page if is_purchase_id(session.client_reference_id)]
        known = Purchase.objects.in_bulk(
            [session.client_reference_id for session in ours], field_name="public_id"
        )
        for session in ours:
            purchase = known.get(session.client_reference_id or "")
            if purchase is None or _is_behind(purchase, session):
                yield session


def _is_behind(purchase: Purchase, session: Session) -> bool:
    if purchase.credited:
        return False
    if session.status == "complete":
        return session.payment_status != "unpaid" or purchase.state in (State.CREATED, State.OPEN)
    if session.status == "expired":
        return purchase.state in (State.CREATED, State.OPEN)
    return purchase.stripe_session is None


def _overdue(before: datetime) -> Iterator[str]:
    """Sessions of unfinished purchases too old to be in the list; at random, so that none waits for ever."""
    unfinished = Purchase.objects.filter(state__in=Purchase.UNFINISHED, created_at__lt=before)
    for purchase in unfinished.exclude(stripe_session=None).order_by("?")[:ASKED_AT_MOST]:
        yield purchase.stripe_session or ""


def _settle(session_id: str) -> bool:
    """Whether it could be brought up to date; what could not is a finding."""
    problem = {}
    try:
        purchases.fulfill(session_id)
    except (purchases.UnknownSession, purchases.MismatchedSession) as exc:
        problem[session_id] = f"{type(exc).__name__}: {exc}"
    findings.record("session", problem, looked_at=[session_id])
    return not problem


def parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def stamp(moment: datetime) -> int:
    """Seconds since 1970, as Stripe counts."""
    return int(moment.timestamp())
