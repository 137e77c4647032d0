"""A server on 127.0.0.1 that says exactly the bytes it is told to, and a network that leads every address to it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

Script = bytes | Callable[[socket.socket], None]

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def reply(
    body: bytes = b"", *, status: str = "200 OK", headers: str = "", length: int | None = None
) -> bytes:
    """An HTTP/1.1 answer with a Content-Length of `length`, else of the body."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


def redirect(location: str) -> bytes:
    return reply(status="302 Found", headers=f"Location: {location}\r\n")


class WireServer:
    """Answers the nth connection with the nth script, the last one for ever; keeps what it was asked."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.scripts = scripts
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def allow(self) -> frozenset[str]:
        return frozenset({self.pair})

    def url(self, path: str = "/photo.jpg") -> str:
        return f"http://{self.pair}{path}"

    def close(self) -> None:
        self.stopped.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            script = self.scripts[min(self._connections, len(self.scripts) - 1)]
            self._connections += 1
            threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def _serve(self, connection: socket.socket, script: Script) -> None:
        # The client hangs up in the middle of most of these answers; that is what is being tested.
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request and (received := connection.recv(65536)):
                request += received
            self.requests.append(request)
            if callable(script):
                script(connection)
            else:
                connection.sendall(script)


class Network:
    """Stands in for DNS and routing: names have the answers given, every address is the local server."""

    def __init__(self, server: WireServer, **answers: list[str]) -> None:
        self.server = server
        self.answers = {name.replace("_", "."): found for name, found in answers.items()}
        self.lookups: list[str] = []
        self.dialed: list[tuple[str, int]] = []

    def resolve(self, name: str, port: int) -> list[str]:
        self.lookups.append(name)
        return self.answers[name.rstrip(".")]

    def dial(self, ip: str, port: int, timeout: float) -> socket.socket:
        self.dialed.append((ip, port))
        return socket.create_connection(("127.0.0.1", self.server.port), timeout)
