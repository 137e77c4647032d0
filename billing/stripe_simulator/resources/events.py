"""Events: a frozen snapshot of what changed, listed for 30 days and delivered to the webhook endpoint."""

import copy
import time
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import API_VERSION, ids, switches
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.delivery import courier
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.models import Delivery, StripeObject
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import DatedListParams
from billing.stripe_simulator.store import Body, add, fetch
from billing.stripe_simulator.weather import Fate, fates

LISTED_S = 30 * 24 * 3600


def emit(type: str, subject: Body, call: Call | None = None, previous: dict[str, Any] | None = None) -> None:
    """Record an event about `subject` as it is now and send it after the commit."""
    data: Body = {"object": copy.deepcopy(subject)}
    if previous:
        data["previous_attributes"] = previous
    target = switches.read("webhook_url", "")
    body = add(
        {
            "id": ids.new("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1 if target else 0,
            "request": {
                "id": call.request_id if call else None,
                "idempotency_key": call.idempotency_key if call else None,
            },
            "type": type,
        },
        parent=subject.get("id", ""),
    )
    if target:
        schedule(body["id"])


def schedule(event_id: str) -> None:
    """Put an event on its way, as often and as badly as tests ordered."""
    for fate in fates():
        send(event_id, fate)


def send(event_id: str, fate: Fate) -> None:
    """One delivery of the event."""
    Delivery.objects.create(
        event=StripeObject.objects.get(stripe_id=event_id, type="event"),
        due_at=time.time() + fate.delay_s,
        manner=fate.manner,
        state=Delivery.DROPPED if fate.dropped else Delivery.PENDING,
    )
    transaction.on_commit(courier.wake)


class EventListParams(DatedListParams):
    type = serializers.CharField(required=False)
    types = serializers.ListField(child=serializers.CharField(), required=False, max_length=20)
    delivery_success = serializers.BooleanField(required=False, allow_null=True, default=None)


def current(body: Body) -> Body:
    """The stored snapshot with the one field that keeps changing."""
    return {**body, "pending_webhooks": undelivered(event__stripe_id=body["id"]).count()}


def undelivered(**which: Any) -> QuerySet[Delivery]:
    """Good deliveries that did not arrive."""
    return Delivery.objects.filter(manner="", **which).exclude(state=Delivery.DELIVERED)


def retrieve(call: Call, event: str) -> Body:
    return current(fetch("event", event))


def list_events(call: Call) -> Body:
    rows = objects("event", call.params, "type").filter(created__gte=now() - LISTED_S)
    if "types" in call.params:
        rows = rows.filter(body__type__in=call.params["types"])
    if call.params["delivery_success"] is not None:
        rows = rows.annotate(waiting=Exists(undelivered(event=OuterRef("pk")))).filter(
            waiting=not call.params["delivery_success"]
        )
    found = page("/v1/events", rows, call.params)
    return {**found, "data": [current(body) for body in found["data"]]}


urlpatterns = [
    path("events", endpoint(GET=Operation(list_events, EventListParams))),
    path("events/<str:event>", endpoint(GET=Operation(retrieve))),
]
