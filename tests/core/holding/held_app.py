"""The hold wrapper under a real uvicorn, around a small ASGI app that asks for holds and tells what it sees."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from core.hold import HOLD_HEADER, HoldMiddleware, Receive, Scope, Send
from core.waiters import Waiters

REPLAY = "/result"


@dataclass
class Jobs:
    """Which jobs have ended, as the query of the waiters would find it."""

    ended: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    broken: bool = False

    def among(self, jobs: list[str]) -> set[str]:
        self.asked.append(sorted(jobs))
        if self.broken:
            raise ConnectionError("the database is away")
        return self.ended & set(jobs)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`/hold?job&seconds` asks to be held; everything else answers with what arrived."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = [(b"content-type", b"application/json"), (b"x-request-id", b"req-of-the-call")]
    status = 200
    seen = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
        "replay": scope.get("heirloom.replay"),
        "body": len(body),
        "too_large": scope.get("heirloom.body_too_large", False),
    }
    if scope["path"] == "/hold":
        job, _, seconds = scope["query_string"].decode().partition("&")
        status = 202
        headers += [
            (HOLD_HEADER.lower().encode(), f"{job} {REPLAY}?job={job} {seconds}".encode()),
            (b"x-ratelimit-remaining", b"7"),
            (b"ratelimit", b"r=7"),
            (b"location", b"/jobs/1"),
            (b"x-other", b"of the acceptance"),
        ]
    elif scope["path"] == REPLAY:
        headers += [(HOLD_HEADER.lower().encode(), b"again"), (b"ratelimit", b"of the replay")]
    content = json.dumps(seen).encode()
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@dataclass
class Reply:
    """An HTTP reply; header names in lower case."""

    status: int
    headers: dict[str, str]
    json: Any


@asynccontextmanager
async def serving(waiters: Waiters) -> AsyncIterator[int]:
    """The port of a running server in this event loop."""
    config = uvicorn.Config(HoldMiddleware(app, waiters), port=0, log_level="critical", lifespan="off")  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server._serve(None))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await running


async def call(port: int, target: str, *, method: str = "POST", body: bytes = b"", **headers: str) -> Reply:
    """One request on a connection of its own, read to its end."""
    reader, writer = await opened(port, target, method=method, body=body, **headers)
    try:
        head, _, content = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    first, *lines = head.decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines)
    return Reply(int(first.split()[1]), fields, json.loads(content))


async def opened(
    port: int, target: str, *, method: str = "POST", body: bytes = b"", **headers: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request that was sent and not read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return reader, writer
