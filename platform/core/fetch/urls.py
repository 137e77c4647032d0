"""Strict parsing of a photo's URL, without DNS: what is accepted has one meaning for every reader of it."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

import idna

from .addresses import Address, is_public, parse_address
from .refusal import FetchRefused, invalid

MAX_LENGTH = 2048
PORTS = {"http": 80, "https": 443}

# No urlsplit: it strips control characters and forgives backslashes and empty parts; other readers do not.
_SHAPE = re.compile(
    r"(?P<scheme>[^:/?#]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.S
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_QUOTABLE = "!$%&'()*+,-./:;=?@_~[]"
# Names that only mean something inside a network.
_INSIDE = frozenset(
    ("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "arpa")
)

_CHARACTERS = "The URL may not contain spaces, control characters or backslashes."
_SCHEME = "The URL must start with http:// or https://."
_CREDENTIALS = "The URL may not carry a user name or password."
_HOST = "The URL must name a public host, such as images.example.com."
_PORT = "The URL may only use port 80 or 443."
_ADDRESS = "The URL must point to a public internet address."


@dataclass(frozen=True, slots=True)
class Url:
    """An accepted URL. `host` is a lower-case ASCII name or a canonical address, no brackets, no end dot."""

    scheme: str
    host: str
    port: int
    target: str
    address: Address | None
    allowed: bool

    @property
    def authority(self) -> str:
        """`host[:port]` as the Host header wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_url(url: str, *, allow: frozenset[str] = frozenset()) -> Url:
    """Parse `url` or raise FetchRefused("invalid_url"). Asks no name server.

    `allow`: exact `host:port` entries, an IPv6 host in brackets, that are exempt from the address, name and
    port rules.
    """
    check_characters(url)
    shape = _SHAPE.fullmatch(url)
    scheme = shape["scheme"].lower() if shape else ""
    if shape is None or scheme not in PORTS:
        raise invalid(_SCHEME, "scheme is not http or https")
    authority = shape["authority"]
    if "@" in authority:
        raise invalid(_CREDENTIALS, "credentials in the authority")
    raw_host, port = _split_port(authority, PORTS[scheme])
    host, address = _host(raw_host)
    pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    allowed = pair in allow
    if not allowed:
        _require_public(host, address, port)
    target = quote((shape["path"] or "/") + (shape["query"] or ""), safe=_QUOTABLE)
    return Url(scheme, host, port, target, address, allowed)


def check_characters(url: str) -> None:
    """Raise FetchRefused for what one reader skips and another takes for a separator."""
    if not url or len(url) > MAX_LENGTH:
        raise invalid(f"The URL must have 1 to {MAX_LENGTH} characters.", f"{len(url)} characters")
    for character in url:
        if character == "\\" or unicodedata.category(character)[0] in "CZ":
            raise invalid(_CHARACTERS, f"character U+{ord(character):04X}")


def _split_port(authority: str, default: int) -> tuple[str, int]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        host += bracket
    else:
        host, colon, rest = authority.partition(":")
        rest = colon + rest
    if not rest:
        return host, default
    if not re.fullmatch(r":[0-9]{1,5}", rest) or not 0 < int(rest[1:]) < 65536:
        raise invalid(_PORT, "port is not a number from 1 to 65535")
    return host, int(rest[1:])


def _host(raw: str) -> tuple[str, Address | None]:
    if raw.startswith("["):
        address = parse_address(raw[1:-1]) if raw.endswith("]") and ":" in raw else None
        if address is None:
            raise invalid(_HOST, "malformed IPv6 address")
        return str(address), address
    host = raw.lower() if raw.isascii() else _to_ascii(raw)
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # Resolvers read 127.1, 0x7f000001 and 0177.0.0.1 as addresses: a numeric end means an address.
        address = parse_address(host)
        if address is None:
            raise invalid(_HOST, "a number that is not a strict IPv4 address")
        return host, address
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise invalid(_HOST, "not a host name")
    return host, None


def _to_ascii(raw: str) -> str:
    try:
        return idna.encode(raw, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as exc:
        raise invalid(_HOST, "not an internationalised host name") from exc


def _require_public(host: str, address: Address | None, port: int) -> None:
    if port not in PORTS.values():
        raise invalid(_PORT, f"port {port}")
    if address is not None:
        if not is_public(address):
            raise invalid(_ADDRESS, f"address {address} is not public")
        return
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _INSIDE:
        raise invalid(_HOST, f"host {host} is not a public name")


__all__ = ["MAX_LENGTH", "FetchRefused", "Url", "check_characters", "parse_url"]
