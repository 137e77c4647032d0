"""Row 48: over https the certificate must be the named host's, whatever address it was reached at."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from core.fetch import FetchRefused, fetch
from tests.core.fetch.wire import PUBLIC, Network, WireServer, redirect, reply

TLS = Path(__file__).with_name("tls")


@pytest.fixture
def server_context(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Presents the certificate of photos.example.com; the system trusts its authority for this test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    return context


def network_for(server: WireServer) -> Network:
    return Network(server, photos_example_com=[PUBLIC], other_example_com=[PUBLIC])


def refused(url: str, network: Network) -> str:
    with pytest.raises(FetchRefused) as refusal:
        fetch(url, resolve=network.resolve, dialer=network.dial)
    assert refusal.value.code == "image_unreachable"
    return refusal.value.log_detail


def test_the_named_host_is_fetched(serve: Callable[..., WireServer], server_context: ssl.SSLContext) -> None:
    names: list[str | None] = []
    server_context.sni_callback = lambda _socket, name, _context: names.append(name)
    network = network_for(serve(reply(b"photo"), tls=server_context))
    fetched = fetch("https://photos.example.com/a.jpg", resolve=network.resolve, dialer=network.dial)
    assert fetched.content == b"photo"
    assert network.dialed == [(PUBLIC, 443)]
    assert names == ["photos.example.com"]


def test_a_certificate_for_another_name_is_refused(
    serve: Callable[..., WireServer], server_context: ssl.SSLContext
) -> None:
    server = serve(reply(b"photo"), tls=server_context)
    assert "CERTIFICATE_VERIFY_FAILED" in refused("https://other.example.com/a.jpg", network_for(server))
    assert server.requests == []


def test_a_certificate_for_a_name_does_not_cover_its_address(
    serve: Callable[..., WireServer], server_context: ssl.SSLContext
) -> None:
    server = serve(reply(b"photo"), tls=server_context)
    assert "CERTIFICATE_VERIFY_FAILED" in refused(f"https://{PUBLIC}/a.jpg", network_for(server))


def test_an_unknown_authority_is_refused(
    serve: Callable[..., WireServer], server_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = serve(reply(b"photo"), tls=server_context)
    assert "CERTIFICATE_VERIFY_FAILED" in refused("https://photos.example.com/a.jpg", network_for(server))


def test_a_server_without_tls_is_refused(serve: Callable[..., WireServer]) -> None:
    network = network_for(serve(reply(b"photo")))
    with pytest.raises(FetchRefused) as refusal:
        fetch("https://photos.example.com/", deadline_s=1.0, resolve=network.resolve, dialer=network.dial)
    assert refusal.value.code == "image_unreachable"


def test_a_redirect_may_not_leave_https(
    serve: Callable[..., WireServer], server_context: ssl.SSLContext
) -> None:
    network = network_for(serve(redirect("http://photos.example.com/"), tls=server_context))
    assert "leaves https" in refused("https://photos.example.com/", network)
    assert len(network.dialed) == 1
