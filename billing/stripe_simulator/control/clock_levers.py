"""What time it is."""

from typing import Any

from django.db import transaction
from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import clock
from billing.stripe_simulator.control.lever import lever
from billing.stripe_simulator.delivery import courier
from billing.stripe_simulator.params import Params
from billing.stripe_simulator.store import Body

YEAR_S = 366 * 24 * 3600


class AdvanceParams(Params):
    seconds = serializers.IntegerField(min_value=1, max_value=YEAR_S)


def advance(params: dict[str, Any]) -> Body:
    """Turn the clock forward; the courier then does what has become due."""
    clock.advance(params["seconds"])
    transaction.on_commit(courier.wake)
    return {"now": clock.now()}


urlpatterns = [path("clock", lever(advance, AdvanceParams))]
