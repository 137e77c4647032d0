"""Operators have events processed again; doing so for nothing changes nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import stripe_events
from billing.models import StripeEvent
from tests.billing.shop import Shop, deliver, kept
from tests.website import plain_static_files  # noqa: F401

Status = StripeEvent.Status
LIST = "admin:billing_stripeevent_changelist"


@pytest.fixture
def event(shop: Shop, client: Client) -> StripeEvent:
    """An event that was processed: its 50 credits are there."""
    received = shop.completed(shop.paid())
    assert deliver(client, received).status_code == 200
    stripe_events.process(kept(received).pk)
    assert shop.available == 50
    return kept(received)


def operator(client: Client, **rights: Any) -> Client:
    user = User.objects.create_user("operator@example.org", "x", is_staff=True, **rights)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask_for_replay(client: Client, event: StripeEvent) -> Any:
    data = {"action": "replay", "_selected_action": [event.pk]}
    return client.post(reverse(LIST), data, follow=True)


def test_what_was_processed_is_processed_again_and_grants_nothing(shop: Shop, event: StripeEvent) -> None:
    assert stripe_events.replay(StripeEvent.objects.all()) == 1
    event.refresh_from_db()
    assert (event.status, event.attempts, event.processed_at) == (Status.RECEIVED, 0, None)
    assert stripe_events.sweep() == 0  # its worker may be about to begin
    stripe_events.process(event.pk)
    event.refresh_from_db()
    assert (event.status, event.attempts) == (Status.PROCESSED, 1)
    assert (shop.available, shop.grants()) == (50, 1)


def test_what_was_given_up_is_taken_up_again(shop: Shop, event: StripeEvent) -> None:
    StripeEvent.objects.update(status=Status.FAILED, attempts=stripe_events.MAX_ATTEMPTS)
    stripe_events.process(event.pk)
    assert stripe_events.replay(StripeEvent.objects.filter(pk=event.pk)) == 1
    stripe_events.process(event.pk)
    event.refresh_from_db()
    assert event.status == Status.PROCESSED


def test_from_the_admin(client: Client, event: StripeEvent) -> None:
    reply = ask_for_replay(operator(client, is_superuser=True), event)
    assert "1 event is processed again." in reply.content.decode()
    event.refresh_from_db()
    assert event.status == Status.RECEIVED


def test_not_by_who_may_only_look(client: Client, event: StripeEvent) -> None:
    from django.contrib.auth.models import Permission

    looking = operator(client)
    User.objects.get(email="operator@example.org").user_permissions.add(
        Permission.objects.get(codename="view_stripeevent")
    )
    assert "replay" not in looking.get(reverse(LIST)).content.decode()
    ask_for_replay(looking, event)
    event.refresh_from_db()
    assert event.status == Status.PROCESSED
