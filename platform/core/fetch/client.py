"""Fetch one photo from a URL that a stranger chose."""

import hashlib
import http.client
from dataclasses import dataclass
from urllib.parse import urljoin

from .refusal import FetchRefused, too_large, unreachable
from .transport import Deadline, Dialer, Receiver, Resolver, addresses_of, connect, dial, system_resolver
from .urls import Url, check_characters, parse_url

MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024
HEADER_ROOM = 1024**2
HEADERS = {
    "User-Agent": "Heirloom/1 (+photo fetch)",
    "Accept": "image/jpeg, image/png, image/webp",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file as it was sent, its SHA-256 in hex, and the URL that answered after redirects."""

    content: bytes
    sha256: str
    final_url: str


def fetch(
    url: str,
    *,
    max_bytes: int = 5 * 1024 * 1024,
    deadline_s: float = 15.0,
    allow: frozenset[str] = frozenset(),
    resolve: Resolver = system_resolver,
    dialer: Dialer = dial,
) -> Fetched:
    """GET `url` within `deadline_s` wall-clock seconds, lookups and redirects included.

    `allow` as in `parse_url`, at every hop. `resolve` and `dialer` stand in for the network in tests.
    Raises FetchRefused with any of its codes. No proxy from the environment is used: a proxy would look
    the name up by itself, and the address that was checked would not be the one that is asked.
    """
    target = parse_url(url, allow=allow)
    deadline = Deadline(deadline_s)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            answer = _get(target, max_bytes, deadline, resolve, dialer)
            if isinstance(answer, bytes):
                return Fetched(answer, hashlib.sha256(answer).hexdigest(), str(target))
            target = _follow(target, answer, allow)
    except TimeoutError as exc:
        raise unreachable(f"{target.host} did not finish within {deadline_s:g} s") from exc
    raise unreachable(f"more than {MAX_REDIRECTS} redirects, last to {target.host}")


def _get(url: Url, max_bytes: int, deadline: Deadline, resolve: Resolver, dialer: Dialer) -> bytes | str:
    """One request: the body, or the Location of a redirect."""
    sock = connect(url, addresses_of(url, resolve, deadline), dialer, deadline)
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": url.authority, **HEADERS}.items())
    receiver = Receiver(sock, deadline, 2 * max_bytes + HEADER_ROOM)
    # HTTPResponse alone, not HTTPConnection: that one closes the socket or forgets it as the headers please.
    response = http.client.HTTPResponse(receiver, method="GET")  # type: ignore[arg-type]
    try:
        sock.settimeout(deadline.left())
        sock.sendall(f"GET {url.target} HTTP/1.1\r\n{head}\r\n".encode("ascii"))
        response.begin()
        if response.status in REDIRECTS:
            return response.headers.get("Location", "")
        if response.status != 200:
            raise unreachable(f"{url.host} answered {response.status}")
        return _body(response, url, max_bytes)
    except TimeoutError:
        raise
    except (http.client.HTTPException, OSError, ValueError) as exc:
        raise unreachable(f"{url.host}: {type(exc).__name__}") from exc
    finally:
        response.close()
        sock.close()


def _body(response: http.client.HTTPResponse, url: Url, max_bytes: int) -> bytes:
    for header, plain in (("Content-Encoding", "identity"), ("Transfer-Encoding", "chunked")):
        coding = ", ".join(response.headers.get_all(header, [])).strip().lower()
        if coding not in ("", plain):
            raise unreachable(f"{url.host} sent {header} {coding[:40]!r}")
    expected = response.length
    if expected is not None and expected > max_bytes:
        raise too_large(max_bytes)
    body = bytearray()
    while chunk := response.read(CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    if expected is not None and len(body) != expected:
        raise unreachable(f"{url.host} sent {len(body)} of {expected} bytes")
    return bytes(body)


def _follow(base: Url, location: str, allow: frozenset[str]) -> Url:
    try:
        # http.client reads headers as latin-1; servers that send raw UTF-8 mean UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    try:
        check_characters(location)
        target = parse_url(urljoin(str(base), location), allow=allow)
    except (FetchRefused, ValueError) as exc:
        reason = exc.log_detail if isinstance(exc, FetchRefused) else "malformed"
        raise unreachable(f"redirect from {base.host} refused: {reason}") from exc
    if base.scheme == "https" and target.scheme == "http":
        raise unreachable(f"redirect from {base.host} leaves https")
    return target
