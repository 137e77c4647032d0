"""A host:port entry lifts the rules for that pair alone, at every hop."""

from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch, parse_url
from tests.core.fetch.wire import PUBLIC, Network, WireServer, redirect, reply

ALLOW = frozenset({"127.0.0.1:9000", "[::1]:9000", "minio:9000"})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/a", "http://[::1]:9000/", "http://minio:9000/b"])
def test_the_pair_is_accepted(url: str) -> None:
    assert str(parse_url(url, allow=ALLOW)) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:9001/",
        "http://127.0.0.2:9000/",
        "http://localhost:9000/",
        "http://127.1:9000/",
        "http://minio/",
        "http://example.com:9000/",
        "http://user@127.0.0.1:9000/",
        "ftp://127.0.0.1:9000/",
        "http://[::ffff:127.0.0.1]:9000/",
    ],
)
def test_nothing_else_is(url: str) -> None:
    with pytest.raises(FetchRefused):
        parse_url(url, allow=ALLOW)


def test_no_entry_makes_port_0_a_port() -> None:
    with pytest.raises(FetchRefused):
        parse_url("http://127.0.0.1:0/", allow=frozenset({"127.0.0.1:0"}))


def test_a_public_page_may_lead_to_the_pair(serve: Callable[..., WireServer]) -> None:
    server = serve(reply(b"photo"))
    first = serve(redirect(server.url()))
    network = Network(first, photos_example_com=[PUBLIC])

    def dial(ip: str, port: int, timeout: float):  # type: ignore[no-untyped-def]
        network.server = server if port == server.port else first
        return network.dial(ip, port, timeout)

    url = "http://photos.example.com/"
    assert fetch(url, allow=server.allow, resolve=network.resolve, dialer=dial).content == b"photo"
    assert network.dialed == [(PUBLIC, 80), ("127.0.0.1", server.port)]


def test_the_pair_may_not_lead_elsewhere(serve: Callable[..., WireServer]) -> None:
    target = serve(reply(b"secret"))
    server = serve(redirect(target.url()))
    with pytest.raises(FetchRefused):
        fetch(server.url(), allow=server.allow)
    assert target.requests == []


def test_a_name_that_answers_with_the_pairs_address_is_not_the_pair(serve: Callable[..., WireServer]) -> None:
    server = serve(reply(b"secret"))
    network = Network(server, photos_example_com=["127.0.0.1"])
    with pytest.raises(FetchRefused):
        fetch("http://photos.example.com/", allow=server.allow, resolve=network.resolve, dialer=network.dial)
    assert network.dialed == []
