"""Webhook, landing page and repetitions at the same moment: one grant."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from billing import currencies, purchases, stripe_events
from billing.checkout_return import settle_landing
from billing.models import Purchase, StripeEvent
from core.errors import AppError
from tests.billing.shop import Shop, deliver

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps: Callable[[], object]) -> list[Exception]:
    """Run every step in a thread and a connection of its own, all let go together; what they raised."""
    gate = threading.Barrier(len(steps))
    raised: list[Exception] = []

    def run(step: Callable[[], object]) -> None:
        try:
            gate.wait(30)
            step()
        except Exception as exc:
            raised.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_landing_and_webhook_grant_once(shop: Shop, client: Client) -> None:
    paid = shop.paid()
    session_id = paid.stripe_session or ""
    assert deliver(client, shop.completed(paid)).status_code == 200
    event = StripeEvent.objects.get(type="checkout.session.completed")
    raised = at_once(
        lambda: settle_landing(account=shop.owner.account, session_id=session_id),
        lambda: stripe_events.process(event.pk),
        lambda: settle_landing(account=shop.owner.account, session_id=session_id),
        lambda: stripe_events.process(event.pk),
    )
    assert raised == []
    assert (shop.available, shop.grants()) == (50, 1)
    event.refresh_from_db()
    assert (event.status, event.last_error) == (StripeEvent.Status.PROCESSED, "")


def test_settling_what_was_read_before_the_others_grants_once(shop: Shop) -> None:
    paid = shop.paid()
    # All have asked Stripe already: only the transaction stands between them and eight grants.
    sessions = [purchases.retrieve(paid.stripe_session or "") for _ in range(8)]
    raised = at_once(*(lambda session=session: purchases.settle(session) for session in sessions))
    assert raised == []
    assert (shop.available, shop.grants()) == (50, 1)
    assert Purchase.objects.get().state == Purchase.State.FULFILLED


def test_the_same_delivery_at_once_is_kept_once(shop: Shop) -> None:
    received = shop.completed(shop.paid())
    statuses: list[int] = []
    raised = at_once(*(lambda: statuses.append(deliver(Client(), received).status_code) for _ in range(6)))
    assert raised == []
    assert statuses == [200] * 6
    assert StripeEvent.objects.filter(event_id=received.event["id"]).count() == 1


def test_choosing_a_currency_while_the_first_purchase_is_paid(shop: Shop) -> None:
    session = purchases.retrieve(shop.paid().stripe_session or "")

    def choose() -> None:
        with contextlib.suppress(AppError):  # it came second
            currencies.choose(account=shop.owner.account, currency="eur")

    assert at_once(choose, lambda: purchases.settle(session), choose, choose) == []
    shop.owner.account.refresh_from_db()
    assert shop.owner.account.currency == "usd"
