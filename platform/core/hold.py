"""Holding requests open with no thread and no database connection.

A view that wants its caller to wait answers 202 with `hold(response, …)`. The wrapper around Django's ASGI
app keeps that reply back, waits until the job has ended, and then lets Django answer an internal
`GET replay_path` in the caller's name; that answer is what the caller sees. When the time is over, the replay
carries `expired`, and the view decides what the caller is told.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpResponseBase

from core.waiters import Waiters

log = structlog.get_logger(__name__)
HOLD_HEADER = "X-Heirloom-Hold"
MAX_BODY_BYTES = 8 * 1024 * 1024
_HOLD = HOLD_HEADER.lower().encode()
# Of the accepted request's headers these go out with the held reply: the replay is exempt from throttles.
_KEPT = (b"ratelimit", b"x-ratelimit", b"x-job-id", b"location")
_DROPPED = {b"content-length", b"content-type", b"transfer-encoding", b"x-request-id", b"expect", _HOLD}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def hold(response: HttpResponseBase, *, job: str, replay_path: str, seconds: float) -> None:
    """Ask the wrapper to wait for `job`, at most until `seconds` after the request arrived."""
    response[HOLD_HEADER] = f"{job} {replay_path} {seconds}"


class HoldMiddleware:
    """The outermost ASGI layer. `app` is Django; `waiters` knows when a job has ended."""

    def __init__(self, app: App, waiters: Waiters) -> None:
        self.app = app
        self.waiters = waiters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = time.monotonic()
        # A caller must not be able to ask for a hold, nor a proxy to pass one on.
        headers = [(name, value) for name, value in scope["headers"] if name != _HOLD]
        scope = {**scope, "headers": headers}
        catcher = _Catcher(send)
        await self.app(scope, _Body(receive, scope), catcher)
        if catcher.held is None:
            return
        job, path, seconds = catcher.held.split(" ")
        ended = await self._wait(job, arrived + float(seconds), receive)
        if ended is None:
            log.info("held_client_left", job_id=job)
            return
        await self._replay(scope, send, catcher, path, expired=not ended)

    async def _wait(self, job: str, deadline: float, receive: Receive) -> bool | None:
        """True: ended. False: time is over. None: the client has gone, which changes nothing for the job."""
        waiting = asyncio.create_task(self.waiters.wait(job, deadline - time.monotonic()))
        leaving = asyncio.create_task(_disconnect(receive))
        try:
            await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()
            leaving.cancel()

    async def _replay(
        self, scope: Scope, send: Send, accepted: "_Catcher", path: str, *, expired: bool
    ) -> None:
        target, _, query = path.partition("?")
        replay = {
            **scope,
            "method": "GET",
            "path": target,
            "raw_path": target.encode(),
            "query_string": query.encode(),
            "headers": [(name, value) for name, value in scope["headers"] if name not in _DROPPED],
            "heirloom.replay": {"expired": expired, "request_id": accepted.request_id},
        }

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *(h for h in message["headers"] if h[0].lower() != _HOLD),
                    *(h for h in accepted.kept if h[0].lower() not in own),
                ]
            await send(message)

        await self.app(replay, _Body(_nothing, replay), answer)


class _Catcher:
    """The `send` that Django sees: passes every reply on, except a 202 that asks to be held."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.held: str | None = None
        self.request_id = ""
        self.kept: list[tuple[bytes, bytes]] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            if _HOLD in headers:
                self.held = headers[_HOLD].decode()
                self.request_id = headers.get(b"x-request-id", b"").decode()
                self.kept = [h for h in message["headers"] if h[0].lower().startswith(_KEPT)]
        if self.held is None:
            await self.send(message)


class _Body:
    """The `receive` that Django sees: the body up to the limit, then silence.

    Django would drop a view half-way when it hears that the client has gone; a request that was sent is
    carried out, so it never hears it.
    """

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self.receive = receive
        self.scope = scope
        self.size = 0
        self.complete = False

    async def __call__(self) -> Message:
        if self.complete:
            await asyncio.Event().wait()
        message = await self.receive()
        if message["type"] == "http.request":
            self.size += len(message.get("body", b""))
            if self.size > MAX_BODY_BYTES:
                self.scope["heirloom.body_too_large"] = True
                message = {"type": "http.request", "body": b"", "more_body": False}
            self.complete = not message.get("more_body", False)
        return message


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
