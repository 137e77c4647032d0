"""create_demo: a login, a key and 25 credits, the same at every call."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import api_keys
from accounts.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def demo() -> dict[str, str]:
    out = StringIO()
    call_command("create_demo", stdout=out)
    found: dict[str, str] = json.loads(out.getvalue().splitlines()[-1])
    return found


def test_key_and_login_work(client: Client) -> None:
    made = demo()
    reply = client.get("/api/v1/account", HTTP_AUTHORIZATION=f"Bearer {made['api_key']}")
    assert reply.json()["credits"] == {"available": 25, "held": 0, "debt": 0}
    login = client.post("/accounts/login/", {"login": made["email"], "password": made["password"]})
    assert (login.status_code, login["Location"]) == (302, "/dashboard/")


def test_a_second_call_changes_nothing(settings: Any) -> None:
    assert demo() == demo()
    assert ApiKey.objects.count() == 1
    assert stat.S_IMODE((settings.VAR_DIR / "demo.json").stat().st_mode) == 0o600


def test_a_lost_key_is_made_anew_without_new_credits(client: Client) -> None:
    first = demo()
    row = ApiKey.objects.get()
    api_keys.revoke(account=row.account, public_id=row.public_id)
    second = demo()
    assert first["api_key"] != second["api_key"]
    reply = client.get("/api/v1/account", HTTP_AUTHORIZATION=f"Bearer {second['api_key']}")
    assert reply.json()["credits"]["available"] == 25


def test_production_refuses(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="refuses to run in production"):
        demo()
    assert not ApiKey.objects.exists()
