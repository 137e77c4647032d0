"""Name lookup and connection under one wall-clock deadline, to the very address that was checked."""

import io
import socket
import ssl
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from .addresses import Address, is_public, parse_address
from .refusal import unreachable
from .urls import Url

Resolver = Callable[[str, int], list[str]]
Dialer = Callable[[str, int, float], socket.socket]

MAX_ANSWERS = 16
CONNECT_S = 5.0


class Deadline:
    """A moment on the monotonic clock that every step of a fetch shares."""

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    def left(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left


def system_resolver(name: str, port: int) -> list[str]:
    """Ask the system's resolver; addresses in its order, without repeats."""
    answers = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def dial(ip: str, port: int, timeout: float) -> socket.socket:
    """Open a TCP connection to a literal address."""
    sock = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect((ip, port))
    except BaseException:
        sock.close()
        raise
    return sock


def addresses_of(url: Url, resolve: Resolver, deadline: Deadline) -> list[Address]:
    """The addresses to connect to: one lookup, and none at all unless every answer is public."""
    if url.address is not None:
        return [url.address]
    # The end dot keeps the resolver from trying its search domains, which are names inside our network.
    name = url.host if url.allowed else f"{url.host}."
    answers = _lookup(resolve, name, url.port, deadline)
    if not 0 < len(answers) <= MAX_ANSWERS:
        raise unreachable(f"{url.host} has {len(answers)} addresses")
    addresses: list[Address] = []
    for answer in answers:
        address = parse_address(answer)
        if address is None or not (url.allowed or is_public(address)):
            raise unreachable(f"{url.host} resolves to {answer}")
        addresses.append(address)
    return addresses


def _lookup(resolve: Resolver, name: str, port: int, deadline: Deadline) -> list[str]:
    # getaddrinfo takes no timeout: a hanging one is left in its daemon thread until it gives up by itself.
    box: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look() -> None:
        try:
            box.put(resolve(name, port))
        except Exception as exc:
            box.put(exc)

    threading.Thread(target=look, name="fetch-lookup", daemon=True).start()
    try:
        answer = box.get(timeout=deadline.left())
    except Empty:
        raise unreachable(f"looking up {name} took too long") from None
    if isinstance(answer, Exception):
        raise unreachable(f"looking up {name} failed: {answer}") from answer
    return answer


def connect(url: Url, addresses: list[Address], dialer: Dialer, deadline: Deadline) -> socket.socket:
    """Connect to the first address that accepts; over TLS the certificate must carry the URL's own host."""
    for position, address in enumerate(addresses, start=1):
        try:
            raw = dialer(str(address), url.port, min(deadline.left(), CONNECT_S))
            break
        except OSError as exc:
            if position == len(addresses):
                raise unreachable(f"connecting to {address} port {url.port} failed: {exc}") from exc
    if url.scheme == "http":
        return raw
    try:
        raw.settimeout(deadline.left())
        return ssl.create_default_context().wrap_socket(raw, server_hostname=url.host)
    except (OSError, ValueError) as exc:
        raw.close()
        raise unreachable(f"TLS with {url.host} failed: {exc}") from exc


class Receiver:
    """What http.client reads a response from: limited by the deadline and to `max_bytes` on the wire.

    A plain socket timeout starts anew with every byte, so a server that drips could hold a worker for hours.
    The byte limit ends endless headers, and a chunk size of -1, which http.client takes for "all there is".
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, max_bytes: int) -> None:
        self._reader = _Reader(sock, deadline, max_bytes)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline, max_bytes: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._bytes_left = max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        received = self._sock.recv_into(buffer)
        self._bytes_left -= received
        if self._bytes_left < 0:
            raise OSError("more bytes on the wire than any answer needs")
        return received
