"""Who waits for which job in this process: woken by Redis pub/sub and, beside it, by one query a second."""

import asyncio
import contextlib
from collections.abc import Callable

import redis
import redis.asyncio
import structlog
from asgiref.sync import sync_to_async
from django.db import connection

log = structlog.get_logger(__name__)
CHANNEL = "heirloom:ended"
POLL_S = 1.0


class Waiters:
    """Waiting for jobs to end.

    ended: given public ids, the subset whose job has ended (one query; runs in a thread).
    redis_url: where wake-ups are published; empty: the query alone wakes.
    """

    def __init__(self, ended: Callable[[list[str]], set[str]], redis_url: str) -> None:
        self._ended = sync_to_async(_closing(ended), thread_sensitive=False)
        self._redis_url = redis_url
        self._events: dict[str, list[asyncio.Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def wait(self, job: str, seconds: float) -> bool:
        """True as soon as the job has ended, False after `seconds`."""
        self._start()
        event = asyncio.Event()
        # Registered before anything is asked: a job that ends in between is found by the next query.
        self._events.setdefault(job, []).append(event)
        try:
            await asyncio.wait_for(event.wait(), max(seconds, 0.0))
        except TimeoutError:
            return False
        finally:
            waiting = self._events[job]
            waiting.remove(event)
            if not waiting:
                del self._events[job]
        return True

    def wake(self, job: str) -> None:
        """Wake everybody who waits for this job."""
        for event in self._events.get(job, ()):
            event.set()

    def _start(self) -> None:
        if self._tasks:
            return
        self._tasks.add(asyncio.create_task(self._poll()))
        if self._redis_url:
            self._tasks.add(asyncio.create_task(self._listen()))

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if not self._events:
                continue
            try:
                for job in await self._ended(list(self._events)):
                    self.wake(job)
            except Exception as exc:
                log.warning("waiters_poll_failed", error=str(exc))

    async def _listen(self) -> None:
        while True:
            try:
                client = redis.asyncio.from_url(self._redis_url, socket_connect_timeout=2)
                async with client, client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self.wake(message["data"].decode())
            except Exception as exc:
                log.warning("waiters_listen_failed", error=str(exc))
            await asyncio.sleep(1)


def _closing(ended: Callable[[list[str]], set[str]]) -> Callable[[list[str]], set[str]]:
    """With no request around it nothing else gives the connection back, nor drops one that broke."""

    def ask(jobs: list[str]) -> set[str]:
        try:
            return ended(jobs)
        finally:
            connection.close()

    return ask


def announce(client: "redis.Redis | None", job: str) -> None:
    """Publish that a job has ended. A hint: failure is swallowed, the query a second finds it anyway."""
    if client is not None:
        with contextlib.suppress(redis.RedisError, OSError):
            client.publish(CHANNEL, job)
