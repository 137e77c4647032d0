"""Row 45: the deadline is wall clock, however a server spends it."""

import socket
import threading
from collections.abc import Callable

import pytest

from core.fetch import FetchRefused, fetch
from tests.core.fetch.wire import WireServer, redirect


def slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n")
    drip(connection, b"x")


def slow_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(connection, b"x")


def endless_continue(connection: socket.socket) -> None:
    drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def silence(connection: socket.socket) -> None:
    connection.recv(1)


def slow_redirects(connection: socket.socket) -> None:
    threading.Event().wait(0.2)
    connection.sendall(redirect("/again"))


def drip(connection: socket.socket, drop: bytes) -> None:
    pause = threading.Event()
    while not pause.wait(0.05):
        connection.sendall(drop)


@pytest.mark.parametrize("script", [slow_body, slow_headers, endless_continue, silence, slow_redirects])
def test_it_ends(serve: Callable[..., WireServer], script: Callable[[socket.socket], None]) -> None:
    server = serve(script)
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            fetch(server.url(), allow=server.allow, deadline_s=0.5)
        except FetchRefused as exc:
            outcome.append(exc)

    fetching = threading.Thread(target=run, daemon=True)
    fetching.start()
    # Without a deadline of its own each of these would go on for hours; the figure only ends a broken run.
    fetching.join(30)
    assert not fetching.is_alive()
    refusal = outcome[0]
    assert isinstance(refusal, FetchRefused)
    assert refusal.code == "image_unreachable"
    assert "did not finish within 0.5 s" in refusal.log_detail
