"""The internal replay of a held request: let in once, counted once, noted once."""

import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts import api_keys
from accounts.authentication import ApiKeyAuthentication
from accounts.throttling import KeyThrottle
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def replay(key: str) -> Request:
    """A request as the hold wrapper hands it to Django the second time."""
    http = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {key}")
    http.scope = {"heirloom.replay": {"expired": False, "request_id": "req_1"}}
    return Request(http, authenticators=[ApiKeyAuthentication()])


def test_it_is_neither_counted_nor_a_use(owner: Owner) -> None:
    request = replay(owner.key)
    assert request.user.account == owner.account
    assert all(KeyThrottle().allow_request(request, None) for _ in range(101))
    assert not hasattr(request._request, "rate_limit")
    owner.key_row.refresh_from_db()
    assert owner.key_row.last_used_at is None


def test_a_key_that_ended_while_it_was_held_still_gets_the_answer(owner: Owner) -> None:
    api_keys.revoke(account=owner.account, public_id=owner.key_row.public_id)
    assert replay(owner.key).user.account == owner.account


def test_a_key_that_never_was_gets_none(owner: Owner) -> None:
    with pytest.raises(AuthenticationFailed):
        _ = replay(api_keys.generate("live")).user
