"""Waiting: woken by pub/sub at once, by the query a second at the latest, whatever is broken."""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import redis

from core import waiters as module
from core.waiters import Waiters, announce
from tests.core.holding.held_app import Jobs

REDIS_URL = os.environ["REDIS_URL"]


def play(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 30))


async def listening(client: redis.Redis) -> None:
    """Return when somebody listens on the channel."""
    while not dict(client.pubsub_numsub(module.CHANNEL)).get(module.CHANNEL.encode()):
        await asyncio.sleep(0.02)


def test_pub_sub_wakes_without_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 60.0)

    async def scenario() -> None:
        jobs = Jobs()
        client = redis.Redis.from_url(REDIS_URL)
        found = Waiters(jobs.among, REDIS_URL)
        waiting = [asyncio.create_task(found.wait(job, 20)) for job in ("rst_1", "rst_1", "rst_2")]
        await listening(client)
        announce(client, "rst_1")
        assert await waiting[0]
        assert await waiting[1]
        assert not waiting[2].done()
        announce(client, "rst_2")
        assert await waiting[2]
        assert jobs.asked == []

    play(scenario)


def test_the_query_wakes_when_nothing_is_published() -> None:
    async def scenario() -> None:
        jobs = Jobs(ended={"rst_1"})
        assert await Waiters(jobs.among, REDIS_URL).wait("rst_1", 20)

    play(scenario)


def test_one_query_asks_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.3)

    async def scenario() -> None:
        jobs = Jobs(ended={f"rst_{number}" for number in range(30)})
        found = Waiters(jobs.among, "")
        assert all(await asyncio.gather(*(found.wait(f"rst_{number}", 20) for number in range(30))))
        assert [len(asked) for asked in jobs.asked] == [30]

    play(scenario)


def test_a_dead_broker_leaves_the_query() -> None:
    async def scenario() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"redis://127.0.0.1:{taken.getsockname()[1]}"
            jobs = Jobs(ended={"rst_1"})
            assert await Waiters(jobs.among, url).wait("rst_1", 20)

    play(scenario)


def test_a_broken_query_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.05)

    async def scenario() -> None:
        jobs = Jobs(ended={"rst_1"}, broken=True)
        waiting = asyncio.create_task(Waiters(jobs.among, "").wait("rst_1", 20))
        while len(jobs.asked) < 3:
            await asyncio.sleep(0.01)
        jobs.broken = False
        assert await waiting

    play(scenario)


def test_the_broker_may_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 60.0)

    async def scenario() -> None:
        client = redis.Redis.from_url(REDIS_URL)
        waiting = asyncio.create_task(Waiters(Jobs().among, REDIS_URL).wait("rst_1", 25))
        await listening(client)
        client.client_kill_filter(_type="pubsub")
        while dict(client.pubsub_numsub(module.CHANNEL)).get(module.CHANNEL.encode()):
            await asyncio.sleep(0.02)
        await listening(client)
        announce(client, "rst_1")
        assert await waiting

    play(scenario)


def test_time_runs_out_and_nothing_is_kept() -> None:
    async def scenario() -> None:
        found = Waiters(Jobs().among, "")
        assert not await found.wait("rst_1", 0.1)
        assert not await found.wait("rst_1", 0)
        assert not await found.wait("rst_1", -3)
        assert found._events == {}

    play(scenario)


def test_a_cancelled_waiter_is_forgotten() -> None:
    async def scenario() -> None:
        found = Waiters(Jobs().among, "")
        waiting = asyncio.create_task(found.wait("rst_1", 20))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert found._events == {}

    play(scenario)


def test_announcing_to_a_dead_broker_is_swallowed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        announce(redis.Redis.from_url(f"redis://127.0.0.1:{taken.getsockname()[1]}"), "rst_1")
    announce(None, "rst_1")
