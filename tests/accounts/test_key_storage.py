"""What is kept of a key: enough to recognise it, never its text."""

import hashlib
import hmac
import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import serializers
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import api_keys
from accounts.models import Account, ApiKey
from core.errors import AppError
from core.logs import formatter
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def test_the_digest_is_hmac_sha256_under_the_pepper(owner: Owner) -> None:
    expected = hmac.new(settings.API_KEY_PEPPER.encode(), owner.key.encode(), hashlib.sha256).hexdigest()
    assert owner.key_row.digest == expected
    assert owner.key_row.last4 == owner.key[-4:]
    assert owner.key_row.pepper_id == settings.API_KEY_PEPPER_ID


def test_no_column_holds_the_text(owner: Owner) -> None:
    owner.key_row.refresh_from_db()
    stored = serializers.serialize("json", [owner.key_row])
    assert owner.key not in stored
    assert owner.key[8:-4] not in stored
    assert str(owner.key_row) == f"Test (hl_live_…{owner.key[-4:]})"


def test_another_pepper_opens_nothing(owner: Owner, settings: Any) -> None:
    settings.API_KEY_PEPPER = "another" * 8
    assert api_keys.find(owner.key) is None


def test_a_request_logs_no_key(client: Client, owner: Owner) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter(style="json"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        client.get("/api/v1/account", **owner.auth)  # type: ignore[arg-type]
        client.post("/api/api-call/photo-restore", "nonsense", content_type="application/json", **owner.auth)  # type: ignore[arg-type]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert '"path": "/api/v1/account"' in lines.getvalue()
    assert owner.key_row.public_id in lines.getvalue()
    assert owner.key not in lines.getvalue()
    assert owner.key[8:40] not in lines.getvalue()


def test_two_keys_cannot_share_a_digest(owner: Owner) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.create(account=owner.account, name="Copy", digest=owner.key_row.digest)


@pytest.mark.parametrize("name", ["", "   ", "n" * 81])
def test_a_key_needs_a_name(owner: Owner, name: str) -> None:
    with pytest.raises(AppError, match="1 to 80 characters"):
        api_keys.create(account=owner.account, name=name)
    assert ApiKey.objects.count() == 1


def test_an_expiry_lies_ahead(owner: Owner) -> None:
    with pytest.raises(AppError, match="future"):
        api_keys.create(account=owner.account, name="Late", expires_at=timezone.now() - timedelta(seconds=1))


def test_a_key_belongs_to_its_account_alone(owner: Owner, stranger: Owner) -> None:
    api_keys.revoke(account=stranger.account, public_id=owner.key_row.public_id)
    found = api_keys.find(owner.key)
    assert found is not None
    assert found.account == owner.account
    assert Account.objects.filter(api_keys=found).get() != stranger.account
