"""Levers for tests: where events go, whether they go, how often, and what fails. Not part of Stripe's API."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers

from billing.stripe_simulator import API_VERSION, faults
from billing.stripe_simulator.delivery import configure, courier
from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.gateway import authenticate
from billing.stripe_simulator.models import Delivery, Fault, Switch
from billing.stripe_simulator.params import Params, parsed
from billing.stripe_simulator.resources.events import schedule
from billing.stripe_simulator.store import Body, fetch


class WebhookParams(Params):
    url = serializers.CharField()
    secrets = serializers.CharField()


class DuplicateParams(Params):
    event = serializers.CharField()
    count = serializers.IntegerField(min_value=1, max_value=1000, default=1)


class CountParams(Params):
    count = serializers.IntegerField(min_value=0, default=1)


class FaultParams(Params):
    method = serializers.ChoiceField(["GET", "POST"], required=False)
    path = serializers.CharField(required=False, help_text="Begins with, after /v1/.")
    phase = serializers.ChoiceField(faults.PHASES)
    status = serializers.ChoiceField([0, 409, 429, 500, 502, 503], default=500)
    delay_s = serializers.FloatField(min_value=0, max_value=120, default=0)
    remaining = serializers.IntegerField(min_value=1, default=1)


def lever(
    change: Callable[[dict[str, Any]], Body], declared: type[Params] = Params
) -> Callable[..., HttpResponse]:
    """A POST of a JSON body under the API's key."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        try:
            authenticate(request)
            if request.method != "POST":
                raise StripeFailure(405, "Use POST.")
            with transaction.atomic():
                return JsonResponse(change(parsed(declared, json.loads(request.body or b"{}"))))
        except StripeFailure as failure:
            return JsonResponse(failure.body, status=failure.status)

    return view


def health(request: HttpRequest) -> HttpResponse:
    waiting = Fault.objects.filter(remaining__gt=0).count()
    return JsonResponse({"status": "ok", "api_version": API_VERSION, "faults_waiting": waiting})


def deliveries(request: HttpRequest) -> HttpResponse:
    """Every delivery of `?event=` (or the last 100): state, attempts, last answer."""
    rows = Delivery.objects.select_related("event").order_by("-pk")
    if "event" in request.GET:
        rows = rows.filter(event__stripe_id=request.GET["event"])
    shown = [
        {
            "event": row.event.stripe_id,
            "type": row.event.body["type"],
            "state": row.state,
            "attempts": row.attempts,
            "last_status": row.last_status,
            "last_error": row.last_error,
        }
        for row in rows[:100]
    ]
    return JsonResponse({"deliveries": shown})


def paused(value: bool) -> Callable[[dict[str, Any]], Body]:
    def change(params: dict[str, Any]) -> Body:
        Switch.objects.update_or_create(name="paused", defaults={"value": value})
        transaction.on_commit(courier.wake)
        return {"paused": value}

    return change


def drop_next(params: dict[str, Any]) -> Body:
    Switch.objects.update_or_create(name="drop_next", defaults={"value": params["count"]})
    return {"drop_next": params["count"]}


def duplicate(params: dict[str, Any]) -> Body:
    fetch("event", params["event"], param="event")
    for _ in range(params["count"]):
        schedule(params["event"])
    return {"event": params["event"], "scheduled": params["count"]}


def webhook(params: dict[str, Any]) -> Body:
    configure(params["url"], params["secrets"])
    return {"url": params["url"]}


def reset(params: dict[str, Any]) -> Body:
    """Deliver to `url` again, with no lever pulled and nothing of the past still on its way."""
    configure(params["url"], params["secrets"])
    Switch.objects.filter(name__in=["paused", "drop_next"]).delete()
    Fault.objects.all().delete()
    Delivery.objects.filter(state=Delivery.PENDING).update(state=Delivery.DROPPED)
    return {"url": params["url"]}


def order_fault(params: dict[str, Any]) -> Body:
    Fault.objects.create(**params)
    return params


urlpatterns = [
    path("health", health),
    path("webhook", lever(webhook, WebhookParams)),
    path("reset", lever(reset, WebhookParams)),
    path("deliveries", deliveries),
    path("deliveries/pause", lever(paused(True))),
    path("deliveries/resume", lever(paused(False))),
    path("deliveries/drop_next", lever(drop_next, CountParams)),
    path("deliveries/duplicate", lever(duplicate, DuplicateParams)),
    path("faults", lever(order_fault, FaultParams)),
]
