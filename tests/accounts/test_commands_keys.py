"""issue_api_key: a key, and the account it needs, from the shell."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import api_keys
from accounts.models import Account, ApiKey, User
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def issue(**options: Any) -> dict[str, str]:
    out = StringIO()
    call_command("issue_api_key", **{"email": "shell@example.org", "name": "Shell", **options}, stdout=out)
    found: dict[str, str] = json.loads(out.getvalue().splitlines()[-1])
    return found


def test_the_key_works(client: Client) -> None:
    made = issue()
    reply = client.get("/api/v1/account", HTTP_AUTHORIZATION=f"Bearer {made['api_key']}")
    assert reply.status_code == 200
    assert reply.json() == {"id": made["account"], "credits": {"available": 0, "held": 0, "debt": 0}}


def test_a_new_address_gets_user_and_account_without_a_password() -> None:
    issue(email="New@Example.org")
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert Account.objects.get(memberships__user=user).api_keys.count() == 1


def test_a_known_address_keeps_its_account(owner: Owner) -> None:
    made = issue(email=owner.user.email.upper())
    assert made["account"] == owner.account.public_id
    assert User.objects.count() == 1


def test_a_key_may_expire() -> None:
    row = api_keys.find(issue(expires_in_days=3)["api_key"])
    assert row is not None
    assert row.expires_at is not None
    assert timedelta(days=2, hours=23) < row.expires_at - timezone.now() <= timedelta(days=3)


@pytest.mark.parametrize(
    "options",
    [
        {"email": "no address"},
        {"email": ""},
        {"name": " "},
        {"name": "n" * 81},
        {"expires_in_days": 0},
        {"expires_in_days": -1},
        {"expires_in_days": 10**12},
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        issue(**options)
    assert not ApiKey.objects.exists()
    assert not User.objects.exists()
    assert not Account.objects.exists()
