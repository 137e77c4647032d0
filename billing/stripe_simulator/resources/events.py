"""Events: a frozen snapshot of what changed, listed for 30 days and delivered to the webhook endpoint."""

import copy
import time
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import API_VERSION, ids
from billing.stripe_simulator.clock import now
from billing.stripe_simulator.delivery import courier, switch
from billing.stripe_simulator.gateway import Call, Operation, endpoint
from billing.stripe_simulator.models import Delivery, StripeObject, Switch
from billing.stripe_simulator.paging import objects, page
from billing.stripe_simulator.params import ListParams
from billing.stripe_simulator.store import Body, add, fetch

LISTED_S = 30 * 24 * 3600


def emit(type: str, subject: Body, call: Call | None = None, previous: dict[str, Any] | None = None) -> str:
    """Record an event about `subject` as it is now and send it after the commit. Returns the event's id."""
    data: Body = {"object": copy.deepcopy(subject)}
    if previous:
        data["previous_attributes"] = previous
    target = switch("webhook_url", "")
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
        }
    )
    if target:
        schedule(body["id"])
    event_id: str = body["id"]
    return event_id


def schedule(event_id: str) -> Delivery:
    """Put one more delivery of the event on the way, unless a test ordered it dropped."""
    event = StripeObject.objects.get(stripe_id=event_id, type="event")
    dropped = switch("drop_next", 0)
    if dropped:
        Switch.objects.filter(name="drop_next").update(value=dropped - 1)
    delivery = Delivery.objects.create(
        event=event, due_at=time.time(), state=Delivery.DROPPED if dropped else Delivery.PENDING
    )
    transaction.on_commit(courier.wake)
    return delivery


class EventListParams(ListParams):
    type = serializers.CharField(required=False)
    types = serializers.ListField(child=serializers.CharField(), required=False, max_length=20)
    delivery_success = serializers.BooleanField(required=False, allow_null=True, default=None)


def current(body: Body) -> Body:
    """The stored snapshot with the one field that keeps changing."""
    waiting = Delivery.objects.filter(event__stripe_id=body["id"]).exclude(state=Delivery.DELIVERED)
    return {**body, "pending_webhooks": waiting.count()}


def retrieve(call: Call, event: str) -> Body:
    return current(fetch("event", event))


def list_events(call: Call) -> Body:
    rows = objects("event", call.params, "type").filter(created__gte=now() - LISTED_S)
    if "types" in call.params:
        rows = rows.filter(body__type__in=call.params["types"])
    if call.params["delivery_success"] is not None:
        waiting = Delivery.objects.filter(event=OuterRef("pk")).exclude(state=Delivery.DELIVERED)
        rows = rows.annotate(waiting=Exists(waiting)).filter(waiting=not call.params["delivery_success"])
    found = page("/v1/events", rows, call.params)
    return {**found, "data": [current(body) for body in found["data"]]}


urlpatterns = [
    path("events", endpoint(GET=Operation(list_events, EventListParams))),
    path("events/<str:event>", endpoint(GET=Operation(retrieve))),
]
