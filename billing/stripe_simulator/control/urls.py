"""Addresses of the levers, the state of the whole, and the way back to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from billing.stripe_simulator import API_VERSION, clock
from billing.stripe_simulator.control.delivery_levers import WebhookParams
from billing.stripe_simulator.control.lever import lever
from billing.stripe_simulator.delivery import configure
from billing.stripe_simulator.models import Appointment, Delivery, Fault, KeyedReply, StripeObject, Switch
from billing.stripe_simulator.store import Body

GROUPS = ("bank_levers", "clock_levers", "delivery_levers", "fault_levers")
KEPT = ("webhook_url", "webhook_secrets", "clock_ahead_s")


def health(request: HttpRequest) -> HttpResponse:
    waiting = Fault.objects.filter(remaining__gt=0).count()
    return JsonResponse({"status": "ok", "api_version": API_VERSION, "faults_waiting": waiting})


def reset(params: dict[str, Any]) -> Body:
    """Deliver to `url` again, at the real time, with no lever pulled and nothing of the past on its way."""
    configure(params["url"], params["secrets"])
    Switch.objects.exclude(name__in=KEPT).delete()
    clock.set_ahead(0)
    Fault.objects.all().delete()
    Appointment.objects.all().delete()
    Delivery.objects.filter(state=Delivery.PENDING).update(state=Delivery.DROPPED)
    return {"url": params["url"]}


def forget(params: dict[str, Any]) -> Body:
    """Begin with no objects, events and keys, as a new Stripe account does."""
    for model in (Appointment, Delivery, KeyedReply, StripeObject):
        model.objects.all().delete()
    return {}


urlpatterns = [
    path("health", health),
    path("reset", lever(reset, WebhookParams)),
    path("forget", lever(forget)),
    *(path("", include(f"billing.stripe_simulator.control.{group}")) for group in GROUPS),
]
