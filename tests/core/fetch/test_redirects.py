"""Rows 38 and 39: each hop is judged like the first address."""

from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch
from tests.core.fetch.wire import PUBLIC, Network, WireServer, redirect, reply

URL = "http://photos.example.com/a/b.jpg"


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.1/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "http://example.com:22/",
        "http://user:pass@example.com/",
        "http://metadata.google.internal/",
        "//localhost/",
        "http://[::1]/",
        "http://[/",
        "/a\\b",
        " /a",
        "",
        "http://private.example.com/",
    ],
)
def test_a_bad_hop_is_refused(serve: Callable[..., WireServer], location: str) -> None:
    server = serve(redirect(location).replace(b"Location:  ", b"Location: \x0b"))
    network = Network(server, photos_example_com=[PUBLIC], private_example_com=["10.0.0.5"])
    with pytest.raises(FetchRefused) as refusal:
        fetch(URL, resolve=network.resolve, dialer=network.dial)
    assert refusal.value.code == "image_unreachable"
    assert network.dialed == [(PUBLIC, 80)]


def test_a_loop_ends_after_four_requests(serve: Callable[..., WireServer]) -> None:
    server = serve(redirect(URL))
    network = Network(server, photos_example_com=[PUBLIC])
    with pytest.raises(FetchRefused) as refusal:
        fetch(URL, resolve=network.resolve, dialer=network.dial)
    assert refusal.value.code == "image_unreachable"
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_three_hops_are_followed_and_the_last_is_named(serve: Callable[..., WireServer], status: str) -> None:
    first = redirect("../straße.jpg?x=1").replace(b"302 Found", status.encode())
    server = serve(first, redirect("http://other.example.com/c"), redirect("/d"), reply(b"photo"))
    network = Network(server, photos_example_com=[PUBLIC], other_example_com=["1.1.1.1"])
    fetched = fetch(URL, resolve=network.resolve, dialer=network.dial)
    assert fetched.content == b"photo"
    assert fetched.final_url == "http://other.example.com/d"
    assert server.requests[1].startswith(b"GET /stra%C3%9Fe.jpg?x=1 HTTP/1.1\r\n")
    assert [ip for ip, _ in network.dialed] == [PUBLIC, PUBLIC, "1.1.1.1", "1.1.1.1"]


def test_nothing_of_the_first_host_is_sent_to_the_second(serve: Callable[..., WireServer]) -> None:
    first = reply(status="302 Found", headers="Location: http://other.example.com/\r\nSet-Cookie: a=b\r\n")
    server = serve(first, reply(b"photo"))
    network = Network(server, photos_example_com=[PUBLIC], other_example_com=[PUBLIC])
    fetch(URL, resolve=network.resolve, dialer=network.dial)
    assert b"\r\nHost: other.example.com\r\n" in server.requests[1]
    assert b"photos.example.com" not in server.requests[1]
    assert b"a=b" not in server.requests[1]
