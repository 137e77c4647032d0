"""An event is done when its effect is there, and not before."""

import pytest
from django.db import OperationalError
from django.test import Client

from billing import purchases, stripe_events
from billing.models import StripeEvent
from tests.billing.shop import Shop, deliver, kept

Status = StripeEvent.Status


def test_an_effect_that_fails_leaves_the_event_to_be_done(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = shop.completed(shop.paid())
    deliver(client, received)

    def breaks(*args: object) -> None:
        raise OperationalError("the connection went away")

    monkeypatch.setattr(purchases, "settle", breaks)
    stripe_events.process(kept(received).pk)
    assert (kept(received).status, kept(received).attempts, shop.grants()) == (Status.FAILED, 1, 0)
    monkeypatch.undo()
    stripe_events.process(kept(received).pk)
    assert (kept(received).status, shop.available, shop.grants()) == (Status.PROCESSED, 50, 1)
