"""Where events go, whether they go, and how often."""

import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import switches, weather
from billing.stripe_simulator.control.lever import lever
from billing.stripe_simulator.delivery import configure, courier
from billing.stripe_simulator.models import Delivery
from billing.stripe_simulator.params import Params
from billing.stripe_simulator.resources.events import send
from billing.stripe_simulator.store import Body, fetch
from billing.stripe_simulator.weather import Fate, set_weather


class WebhookParams(Params):
    url = serializers.CharField()
    secrets = serializers.CharField()


class DuplicateParams(Params):
    event = serializers.CharField()
    count = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    manner = serializers.ChoiceField(weather.MANNERS, default="")


class WeatherParams(Params):
    drop = serializers.FloatField(min_value=0, max_value=1, default=0)
    duplicate = serializers.FloatField(min_value=0, max_value=1, default=0)
    spoil = serializers.FloatField(min_value=0, max_value=1, default=0)
    delay_s = serializers.FloatField(min_value=0, max_value=600, default=0)
    seed = serializers.IntegerField(required=False, allow_null=True, default=None)


class CountParams(Params):
    count = serializers.IntegerField(min_value=0, default=1)


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
            "manner": row.manner,
            "attempts": row.attempts,
            "last_status": row.last_status,
            "last_error": row.last_error,
        }
        for row in rows[:100]
    ]
    return JsonResponse({"deliveries": shown})


def paused(value: bool) -> Callable[[dict[str, Any]], Body]:
    def change(params: dict[str, Any]) -> Body:
        switches.turn("paused", value)
        transaction.on_commit(courier.wake)
        return {"paused": value}

    return change


def drop_next(params: dict[str, Any]) -> Body:
    switches.turn("drop_next", params["count"])
    return {"drop_next": params["count"]}


def duplicate(params: dict[str, Any]) -> Body:
    fetch("event", params["event"], param="event")
    for _ in range(params["count"]):
        send(params["event"], Fate(manner=params["manner"]))
    return {"event": params["event"], "scheduled": params["count"]}


def replay(params: dict[str, Any]) -> Body:
    """Send again, now, what was dropped or given up."""
    lost = Delivery.objects.filter(state__in=[Delivery.DROPPED, Delivery.FAILED], manner="")
    count = lost.update(state=Delivery.PENDING, due_at=time.time(), attempts=0)
    transaction.on_commit(courier.wake)
    return {"replayed": count}


def change_weather(params: dict[str, Any]) -> Body:
    """What happens to events from now on."""
    set_weather(**params)
    return params


def webhook(params: dict[str, Any]) -> Body:
    configure(params["url"], params["secrets"])
    return {"url": params["url"]}


urlpatterns = [
    path("webhook", lever(webhook, WebhookParams)),
    path("deliveries", deliveries),
    path("deliveries/pause", lever(paused(True))),
    path("deliveries/resume", lever(paused(False))),
    path("deliveries/drop_next", lever(drop_next, CountParams)),
    path("deliveries/replay", lever(replay)),
    path("deliveries/weather", lever(change_weather, WeatherParams)),
    path("deliveries/duplicate", lever(duplicate, DuplicateParams)),
]
