"""Rows 34 to 37: every answer of the one lookup must be public, and the connection goes to what was checked."""

import threading
from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch
from tests.core.fetch.wire import OTHER_PUBLIC, PUBLIC, Network, WireServer, reply

URL = "http://photos.example.com/a.jpg"


def refuse(network: Network) -> FetchRefused:
    with pytest.raises(FetchRefused) as refusal:
        fetch(URL, resolve=network.resolve, dialer=network.dial)
    assert refusal.value.code == "image_unreachable"
    return refusal.value


@pytest.mark.parametrize(
    "answers",
    [
        ["10.0.0.5"],
        [PUBLIC, "10.0.0.5"],
        [PUBLIC, OTHER_PUBLIC, "::1"],
        ["::ffff:93.184.215.14"],
        ["fe80::1%eth0"],
        ["nonsense"],
        [],
        [f"93.184.215.{n}" for n in range(17)],
    ],
    ids=str,
)
def test_a_bad_answer_means_no_connection(serve: Callable[..., WireServer], answers: list[str]) -> None:
    network = Network(serve(reply(b"x")), photos_example_com=answers)
    refuse(network)
    assert network.dialed == []


def test_one_lookup_and_the_checked_address_is_dialed(serve: Callable[..., WireServer]) -> None:
    server = serve(reply(b"photo"))
    network = Network(server, photos_example_com=[PUBLIC])

    def rebinding(name: str, port: int) -> list[str]:
        found = network.resolve(name, port)
        network.answers["photos.example.com"] = ["127.0.0.1"]
        return found

    assert fetch(URL, resolve=rebinding, dialer=network.dial).content == b"photo"
    assert network.lookups == ["photos.example.com."]
    assert network.dialed == [(PUBLIC, 80)]
    assert b"\r\nHost: photos.example.com\r\n" in server.requests[0]


def test_the_next_answer_is_tried_when_one_does_not_connect(serve: Callable[..., WireServer]) -> None:
    network = Network(serve(reply(b"photo")), photos_example_com=[OTHER_PUBLIC, PUBLIC])

    def dial(ip: str, port: int, timeout: float):  # type: ignore[no-untyped-def]
        if ip == OTHER_PUBLIC:
            network.dialed.append((ip, port))
            raise OSError("no route to host")
        return network.dial(ip, port, timeout)

    assert fetch(URL, resolve=network.resolve, dialer=dial).content == b"photo"
    assert network.dialed == [(OTHER_PUBLIC, 80), (PUBLIC, 80)]


def test_a_failing_lookup_is_unreachable(serve: Callable[..., WireServer]) -> None:
    network = Network(serve(reply(b"x")))
    assert "looking up" in refuse(network).log_detail


def test_a_hanging_lookup_ends_at_the_deadline() -> None:
    given_up = threading.Event()

    def hang(name: str, port: int) -> list[str]:
        # Long enough to tell an end at the deadline from an end at the answer, by the reason that is given.
        given_up.wait(5)
        return [PUBLIC]

    with pytest.raises(FetchRefused) as refusal:
        fetch(URL, deadline_s=0.2, resolve=hang)
    assert refusal.value.code == "image_unreachable"
    assert "took too long" in refusal.value.log_detail
    given_up.set()


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(FetchRefused) as refusal:
        fetch("http://photos.example.invalid/a.jpg", deadline_s=2.0)
    assert refusal.value.code == "image_unreachable"
