"""Row 46: servers that do not speak HTTP, or far too much of it."""

import socket
from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch
from core.fetch.refusal import UNREACHABLE
from tests.core.fetch.wire import WireServer


def continue_flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 " + b"2" * 100_000,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"-ERR unknown command 'GET'\r\n",
        b"\x00\xff" * 1000,
        b"",
        b"HTTP/1.1 abc OK\r\n\r\n",
        continue_flood,
    ],
    ids=[
        "5000 headers",
        "10 MB header",
        "long status",
        "ssh",
        "redis",
        "garbage",
        "hang up",
        "no status",
        "continue",
    ],
)
def test_is_unreachable_and_says_nothing_more(serve: Callable[..., WireServer], answer: bytes) -> None:
    server = serve(answer)
    with pytest.raises(FetchRefused) as refusal:
        fetch(server.url(), allow=server.allow)
    assert refusal.value.code == "image_unreachable"
    assert refusal.value.detail == UNREACHABLE
    assert "did not finish" not in refusal.value.log_detail


def test_a_closed_port_reads_the_same(serve: Callable[..., WireServer]) -> None:
    server = serve(b"")
    server.close()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        pair = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(FetchRefused) as refusal:
            fetch(f"http://{pair}/secret-path?sig=1", allow=frozenset({pair}))
    assert (refusal.value.code, refusal.value.detail) == ("image_unreachable", UNREACHABLE)
    assert "secret-path" not in refusal.value.log_detail
