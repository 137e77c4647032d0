"""Calling the compatibility endpoint through Django, with the worker's part done in this process."""

import json
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.http import HttpResponse, HttpResponseBase
from django.test import AsyncClient, Client

from core.hold import HOLD_HEADER
from restoration import runner
from restoration.models import Restoration
from tests.conftest import Owner

ENDPOINT = "/api/api-call/photo-restore"


def call(owner: Owner, body: Any, *, query: str = "", **headers: Any) -> Any:
    """POST without the hold wrapper: the reply is a refusal or the 202 that the wrapper would keep back."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    return Client().post(ENDPOINT + query, content, content_type="application/json", **(owner.auth | headers))


def call_and_wait(owner: Owner, body: Any, *, query: str = "") -> Any:
    """POST, let the worker do the job, and answer what the wrapper's replay would."""
    accepted = call(owner, body, query=query)
    if accepted.status_code != 202:
        return accepted
    job, path, _seconds = accepted[HOLD_HEADER].split(" ")
    runner.run(Restoration.objects.get(public_id=job).pk)
    return Client().get(path, **owner.auth)


def download(url: str, method: str = "GET", **query: str) -> HttpResponse:
    """Fetch a signed address with no login, as the web server would serve it; the body is read whole."""

    async def ask() -> HttpResponse:
        parts = urlsplit(url)
        full = f"{parts.path}?{parts.query}" + "".join(f"&{name}={value}" for name, value in query.items())
        reply = await AsyncClient().generic(method, full)
        if not reply.streaming:
            return reply
        content = b"".join([part async for part in reply])
        return HttpResponse(content, status=reply.status_code, headers=reply.headers)

    return async_to_sync(ask)()


def refusal(reply: HttpResponseBase, status: int, message: str) -> dict[str, Any]:
    """The body of an error, which must have this status and begin with exactly this message."""
    content: bytes = reply.content  # type: ignore[attr-defined]
    assert reply.status_code == status, content
    assert reply["Content-Type"] == "application/json"
    assert content.startswith(b'{"message":' + json.dumps(message).encode() + b","), content
    body: dict[str, Any] = json.loads(content)
    assert body["request_id"] == reply["X-Request-Id"]
    assert body["detail"]
    return body
