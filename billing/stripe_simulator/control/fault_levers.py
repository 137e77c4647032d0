"""Which API calls fail, and how."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from billing.stripe_simulator import faults
from billing.stripe_simulator.control.lever import lever
from billing.stripe_simulator.models import Fault
from billing.stripe_simulator.params import Params
from billing.stripe_simulator.store import Body


class FaultParams(Params):
    method = serializers.ChoiceField(["GET", "POST"], required=False)
    path = serializers.CharField(required=False, help_text="Begins with, after /v1/.")
    phase = serializers.ChoiceField(faults.PHASES)
    status = serializers.ChoiceField([0, 409, 429, 500, 502, 503], default=500)
    delay_s = serializers.FloatField(min_value=0, max_value=120, default=0)
    remaining = serializers.IntegerField(min_value=1, default=1)


def order_fault(params: dict[str, Any]) -> Body:
    Fault.objects.create(**params)
    return params


urlpatterns = [path("faults", lever(order_fault, FaultParams))]
