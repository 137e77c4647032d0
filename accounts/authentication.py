"""Who calls the API: `Authorization: Bearer KEY`."""

import structlog
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import api_keys
from accounts.models import ApiKey
from core.requests import replay_of


class Caller:
    """The account behind a key; what `request.user` is in API views."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.account = key.account
        self.pk = key.pk


def caller(request: Request) -> Caller:
    """Who made this authenticated request."""
    user: object = request.user
    if not isinstance(user, Caller):
        raise AuthenticationFailed
    return user


class ApiKeyAuthentication(BaseAuthentication):
    """Every bad key gets the same 401; a wrong checksum costs no query."""

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey]:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        http: HttpRequest = request._request
        replayed = replay_of(http) is not None
        # A held request was let in when it came: who revokes its key meanwhile still gets what was paid for.
        row = api_keys.find(key.strip(), ended_too=replayed) if scheme.lower() == "bearer" else None
        if row is None:
            raise AuthenticationFailed
        if not replayed:
            api_keys.touch(row)
        structlog.contextvars.bind_contextvars(account_id=row.account.public_id, key_id=row.public_id)
        return Caller(row), row

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
