"""All of it at once: hosted page, signed HTTP delivery, broker, Celery worker, credits."""

from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker

from billing.models import Purchase, StripeEvent
from config.celery import app
from tests.billing.shop import WEBHOOK, Shop
from tests.billing.simulator import SECRET, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_paying_brings_credits_without_the_customer_coming_back(shop: Shop, live_server: Any) -> None:
    shop.simulator.control("webhook", url=live_server.url + WEBHOOK, secrets=SECRET)
    with start_worker(
        app, queues=["default"], pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=30
    ):
        purchase = shop.start("credits_10")
        assert shop.pay(purchase) == 302
        eventually(lambda: Purchase.objects.get().state == Purchase.State.FULFILLED)
        eventually(lambda: not StripeEvent.objects.filter(status=StripeEvent.Status.RECEIVED).exists())
    assert (shop.available, shop.grants()) == (10, 1)
    assert StripeEvent.objects.get(type="checkout.session.completed").status == StripeEvent.Status.PROCESSED
