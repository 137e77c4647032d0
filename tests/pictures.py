"""Pictures for tests, and a loopback web server that hands them out as a stranger's server would."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image


def photo(width: int = 64, height: int = 48, *, seed: int = 1) -> Image.Image:
    """A soft landscape-like picture: gradients and a few blobs, no two seeds alike."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    planes = [
        110 + 80 * np.sin(3 * x + random.uniform(0, 6)) * np.cos(4 * y + random.uniform(0, 6))
        for _ in range(3)
    ]
    return Image.fromarray(np.clip(np.stack(planes, axis=-1), 0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_name: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file. format_name: JPEG | PNG | WEBP | GIF …"""
    out = BytesIO()
    image.save(out, format_name, **options)
    return out.getvalue()


def jpeg(width: int = 64, height: int = 48, *, seed: int = 1, exactly: int = 0) -> bytes:
    """A JPEG file; `exactly`: padded behind its end to that many bytes."""
    return encoded(photo(width, height, seed=seed), quality=90).ljust(exactly, b"\0")


@dataclass
class Reply:
    """What the server answers. `body`: bytes, or a function that yields them (sent without Content-Length)."""

    body: bytes | Callable[[], Iterator[bytes]]
    mime: str = "image/jpeg"
    status: int = 200


@dataclass
class PictureServer:
    """A web server on a free port of 127.0.0.1. Start it with `with`."""

    replies: dict[str, Reply] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> "PictureServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="pictures", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """host:port, as RESTORATION_FETCH_ALLOW wants it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def serve(self, path: str, reply: Reply | bytes) -> str:
        """Answer GETs of this path from now on; the URL."""
        self.replies[path] = reply if isinstance(reply, Reply) else Reply(reply)
        return f"http://{self.address}{path}"


def _handler(pictures: PictureServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pictures.hits[self.path] += 1
            reply = pictures.replies.get(self.path, Reply(b"nothing here", "text/plain", 404))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.mime)
            if isinstance(reply.body, bytes):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                for chunk in [reply.body] if isinstance(reply.body, bytes) else reply.body():
                    self.wfile.write(chunk)
            except OSError:
                return  # the client had enough: that is what some tests are about

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
