"""Failures on order.

before: refused at the door, nothing runs and no key remembers it. handler: it fails inside, is rolled back
and the 500 is remembered. after: it is done and committed, but the caller gets the failure instead.
"""

import time
from dataclasses import dataclass

from django.db.models import F

from billing.stripe_simulator.errors import StripeFailure
from billing.stripe_simulator.models import Fault

PHASES = ("before", "handler", "after")


@dataclass(frozen=True)
class Ordered:
    """The fault that this call meets, if any; it is used up when taken."""

    phase: str = ""
    status: int = 0
    delay_s: float = 0

    def strike(self, phase: str) -> None:
        """Wait, then fail, where this is the phase. Raises StripeFailure; a status of 0 only waits."""
        if self.phase != phase:
            return
        time.sleep(self.delay_s)
        if self.status:
            raise StripeFailure(
                self.status,
                f"The simulator was told to fail here ({phase}).",
                type="rate_limit_error" if self.status == 429 else "api_error",
                saved=phase == "handler",
            )


def take(method: str, path: str) -> Ordered:
    """The oldest fault ordered for this call."""
    for fault in Fault.objects.filter(remaining__gt=0, method__in=["", method]).order_by("pk"):
        if fault.path and not path.startswith(f"/v1/{fault.path}"):
            continue
        if Fault.objects.filter(pk=fault.pk, remaining__gt=0).update(remaining=F("remaining") - 1):
            return Ordered(fault.phase, fault.status, fault.delay_s)
    return Ordered()
