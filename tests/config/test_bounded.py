"""Django runs so many requests at once and no more; a body that is still coming takes no place."""

import asyncio
import threading
import time
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.asgi import BoundedHandler

_running = 0
_most = 0
_lock = threading.Lock()


@csrf_exempt
def slow(request: HttpRequest) -> HttpResponse:
    """Notes how many of itself run at once."""
    global _running, _most
    with _lock:
        _running += 1
        _most = max(_most, _running)
    time.sleep(0.05)
    with _lock:
        _running -= 1
    return HttpResponse(str(len(request.body)))


urlpatterns = [path("slow", slow)]


@pytest.fixture
def handler(settings: Any) -> BoundedHandler:
    global _most
    settings.ROOT_URLCONF = __name__
    settings.WEB_CONCURRENT_REQUESTS = 2
    _most = 0
    return BoundedHandler()


def scope() -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": "/slow",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 80),
    }


async def status(handler: BoundedHandler, first: dict[str, Any]) -> int:
    """One request; what comes after its first message never does."""
    found: list[int] = []
    messages = [first]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    await handler(scope(), receive, send)
    return found[0]


WHOLE = {"type": "http.request", "body": b"x", "more_body": False}
PART = {"type": "http.request", "body": b"x", "more_body": True}


def test_no_more_than_the_bound_run_at_once(handler: BoundedHandler) -> None:
    async def scenario() -> None:
        assert await asyncio.gather(*(status(handler, WHOLE) for _ in range(10))) == [200] * 10

    asyncio.run(scenario())
    assert _most == 2


def test_slow_uploads_take_no_place(handler: BoundedHandler) -> None:
    async def scenario() -> None:
        uploads = [asyncio.create_task(status(handler, PART)) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert await asyncio.wait_for(status(handler, WHOLE), 20) == 200
        for upload in uploads:
            assert not upload.done()
            upload.cancel()
        await asyncio.gather(*uploads, return_exceptions=True)

    asyncio.run(scenario())
