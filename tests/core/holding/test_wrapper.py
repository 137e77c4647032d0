"""What the hold wrapper lets through, keeps back, and answers with."""

import asyncio
import threading
from typing import Any

import pytest

from core import hold
from core.waiters import Waiters
from tests.core.holding.held_app import Jobs, call, opened, serving


def test_other_requests_pass_untouched() -> None:
    async def scenario() -> None:
        async with serving(Waiters(Jobs().among, "")) as port:
            reply = await call(port, "/plain?a=1", body=b"12345", X_Custom="kept")
            assert (reply.status, reply.json["method"], reply.json["query"]) == (200, "POST", "a=1")
            assert (reply.json["body"], reply.json["headers"]["x-custom"]) == (5, "kept")
            assert reply.json["replay"] is None

    asyncio.run(scenario())


@pytest.mark.parametrize("name", ["X-Heirloom-Hold", "x-heirloom-hold", "X-HEIRLOOM-HOLD"])
def test_a_caller_cannot_ask_for_a_hold(name: str) -> None:
    async def scenario() -> None:
        async with serving(Waiters(Jobs().among, "")) as port:
            reply = await call(port, "/plain", **{name: "rst_1 /result 30"})
            assert reply.status == 200
            assert "x-heirloom-hold" not in reply.json["headers"]

    asyncio.run(scenario())


def test_the_replay_is_the_answer() -> None:
    async def scenario() -> None:
        jobs = Jobs()
        async with serving(Waiters(jobs.among, "")) as port:
            held = asyncio.create_task(
                call(port, "/hold?rst_1&30", body=b"{}", Authorization="Bearer k", X_Request_Id="from-caller")
            )
            await asyncio.sleep(0.2)
            assert not held.done()
            jobs.ended.add("rst_1")
            reply = await held
        assert reply.status == 200
        assert (reply.json["method"], reply.json["path"], reply.json["query"]) == (
            "GET",
            "/result",
            "job=rst_1",
        )
        assert reply.json["replay"] == {"expired": False, "request_id": "req-of-the-call"}
        assert reply.json["headers"]["authorization"] == "Bearer k"
        for name in ("content-length", "content-type", "x-request-id", "x-heirloom-hold"):
            assert name not in reply.json["headers"]
        assert reply.json["body"] == 0

    asyncio.run(scenario())


def test_limit_headers_are_those_of_the_acceptance_and_the_internal_one_stays_inside() -> None:
    async def scenario() -> None:
        jobs = Jobs(ended={"rst_1"})
        async with serving(Waiters(jobs.among, "")) as port:
            reply = await call(port, "/hold?rst_1&30")
        assert reply.headers["x-ratelimit-remaining"] == "7"
        assert reply.headers["location"] == "/jobs/1"
        assert reply.headers["ratelimit"] == "of the replay"  # what the replay says itself stands
        assert "x-other" not in reply.headers
        assert "x-heirloom-hold" not in reply.headers

    asyncio.run(scenario())


def test_when_the_time_is_over_the_replay_knows() -> None:
    async def scenario() -> None:
        async with serving(Waiters(Jobs().among, "")) as port:
            reply = await call(port, "/hold?rst_1&0.3")
            assert reply.json["replay"]["expired"] is True
            at_once = await call(port, "/hold?rst_2&-5")
            assert at_once.json["replay"]["expired"] is True

    asyncio.run(scenario())


def test_a_client_that_leaves_is_forgotten_and_answered_by_nobody() -> None:
    async def scenario() -> None:
        jobs = Jobs()
        waiters = Waiters(jobs.among, "")
        async with serving(waiters) as port:
            _, leaving = await opened(port, "/hold?rst_1&30")
            staying = asyncio.create_task(call(port, "/hold?rst_1&30"))
            while len(waiters._events.get("rst_1", ())) < 2:
                await asyncio.sleep(0.01)
            leaving.close()
            while len(waiters._events["rst_1"]) > 1:
                await asyncio.sleep(0.01)
            jobs.ended.add("rst_1")
            assert (await staying).status == 200
            assert waiters._events == {}

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_the_view_runs_on_when_its_client_left() -> None:
    """Django would drop a view half-way when it hears of it, so it never hears."""

    async def scenario() -> None:
        heard: list[Any] = []

        async def view(scope: Any, receive: Any, send: Any) -> None:
            assert (await receive())["body"] == b"whole"
            try:
                heard.append(await asyncio.wait_for(receive(), 0.3))
            except TimeoutError:
                heard.append("nothing")

        messages = iter([{"type": "http.request", "body": b"whole"}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            heard.append(message)

        wrapped = hold.HoldMiddleware(view, Waiters(Jobs().among, ""))
        await wrapped({"type": "http", "headers": []}, receive, send)
        assert heard == ["nothing"]

    asyncio.run(scenario())


def test_a_client_that_leaves_in_mid_body_is_heard_of() -> None:
    async def scenario() -> None:
        heard: list[str] = []

        async def view(scope: Any, receive: Any, send: Any) -> None:
            heard.extend([(await receive())["type"], (await receive())["type"]])

        messages = iter(
            [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
        )

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            heard.append(message["type"])

        wrapped = hold.HoldMiddleware(view, Waiters(Jobs().among, ""))
        await wrapped({"type": "http", "headers": []}, receive, send)
        assert heard == ["http.request", "http.disconnect"]

    asyncio.run(scenario())


@pytest.mark.parametrize(("over", "too_large"), [(0, False), (1, True)])
def test_bodies_end_at_the_limit(monkeypatch: pytest.MonkeyPatch, over: int, too_large: bool) -> None:
    monkeypatch.setattr(hold, "MAX_BODY_BYTES", 300_000)

    async def scenario() -> None:
        async with serving(Waiters(Jobs().among, "")) as port:
            reply = await call(port, "/plain", body=b"x" * (300_000 + over))
            assert reply.json["too_large"] is too_large
            assert reply.json["body"] <= 300_000

    asyncio.run(scenario())


def test_fifty_held_requests_need_no_threads_of_their_own() -> None:
    async def scenario() -> None:
        jobs = Jobs()
        waiters = Waiters(jobs.among, "")
        async with serving(waiters) as port:
            first = asyncio.create_task(call(port, "/hold?rst_0&30"))
            while not jobs.asked:
                await asyncio.sleep(0.01)
            with_one = threading.active_count()
            others = [asyncio.create_task(call(port, f"/hold?rst_{number}&30")) for number in range(1, 50)]
            while len(jobs.asked[-1]) < 50:
                await asyncio.sleep(0.01)
            assert threading.active_count() <= with_one + 1
            jobs.ended.update(f"rst_{number}" for number in range(50))
            replies = await asyncio.gather(first, *others)
        assert {reply.status for reply in replies} == {200}
        assert len({reply.json["query"] for reply in replies}) == 50

    asyncio.run(asyncio.wait_for(scenario(), 40))


def test_other_protocols_pass() -> None:
    async def scenario() -> None:
        seen = []

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["type"])

        wrapped = hold.HoldMiddleware(inner, Waiters(Jobs().among, ""))
        await wrapped({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
        assert seen == ["lifespan"]

    asyncio.run(scenario())
