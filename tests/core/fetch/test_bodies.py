"""Rows 40 to 44 and 47: how much is read, and what counts as the file."""

import hashlib
import socket
from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch
from tests.core.fetch.wire import WireServer, reply

LIMIT = 5 * 1024 * 1024


def chunked(body: bytes, size: int = 65536) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + coded + b"0\r\n\r\n"


def unframed(body: bytes) -> bytes:
    return b"HTTP/1.0 200 OK\r\n\r\n" + body


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def refusal_of(server: WireServer) -> FetchRefused:
    with pytest.raises(FetchRefused) as refusal:
        fetch(server.url(), allow=server.allow)
    return refusal.value


@pytest.mark.parametrize("framing", [reply, chunked, unframed])
def test_one_byte_too_many_is_too_large(
    serve: Callable[..., WireServer], framing: Callable[..., bytes]
) -> None:
    refusal = refusal_of(serve(framing(b"x" * (LIMIT + 1))))
    assert refusal.code == "image_too_large"
    assert refusal.detail == "The image file may be at most 5 MiB."


@pytest.mark.parametrize("framing", [reply, chunked, unframed])
def test_exactly_the_limit_is_read(serve: Callable[..., WireServer], framing: Callable[..., bytes]) -> None:
    body = bytes(range(256)) * (LIMIT // 256)
    server = serve(framing(body))
    fetched = fetch(server.url(), allow=server.allow)
    assert fetched.content == body
    assert fetched.sha256 == hashlib.sha256(body).hexdigest()


def test_an_announced_size_is_refused_before_the_body(serve: Callable[..., WireServer]) -> None:
    assert refusal_of(serve(reply(b"", length=LIMIT + 1))).code == "image_too_large"


def test_no_more_than_the_announced_size_is_read(serve: Callable[..., WireServer]) -> None:
    server = serve(reply(b"0123456789" + b"x" * 9_000_000, length=10))
    assert fetch(server.url(), allow=server.allow).content == b"0123456789"


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"short", length=100),
        chunked(b"x" * 1000)[:-200],
        chunked(b"x" * 1000).replace(b"3e8", b"zzz"),
        reply(b"x", headers="Content-Encoding: gzip\r\n"),
        reply(b"x", headers="Content-Encoding: br\r\n"),
        reply(b"x", headers="Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"),
        reply(b"x", headers="Transfer-Encoding: gzip, chunked\r\n"),
        reply(b"", status="204 No Content"),
        reply(b"x", status="206 Partial Content"),
        reply(b"", status="304 Not Modified"),
        reply(b"x", status="300 Multiple Choices"),
        reply(b"x", status="404 Not Found"),
        reply(b"x", status="500 Internal Server Error"),
    ],
)
def test_not_the_whole_plain_file_is_unreachable(serve: Callable[..., WireServer], answer: bytes) -> None:
    assert refusal_of(serve(answer)).code == "image_unreachable"


def test_a_chunk_that_claims_to_be_everything_is_cut_off(serve: Callable[..., WireServer]) -> None:
    refusal = refusal_of(serve(flood))
    assert refusal.code == "image_unreachable"
    assert "did not finish" not in refusal.log_detail


def test_what_is_asked_for(serve: Callable[..., WireServer]) -> None:
    server = serve(reply(b"x", headers="Content-Type: text/html\r\n"))
    fetch(server.url("/a?b=c"), allow=server.allow)
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert f"Host: {server.pair}" in lines
    assert "Accept-Encoding: identity" in lines
    assert "User-Agent: Heirloom/1 (+photo fetch)" in lines
