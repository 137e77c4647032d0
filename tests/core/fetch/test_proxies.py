"""A proxy of the environment would look names up by itself; it is never asked."""

from collections.abc import Callable

import pytest

from core.fetch import fetch
from tests.core.fetch.wire import PUBLIC, Network, WireServer, reply


def test_proxy_variables_are_ignored(
    serve: Callable[..., WireServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(reply(b"from the proxy"))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url(""))
    server = serve(reply(b"photo"))
    network = Network(server, photos_example_com=[PUBLIC])
    fetched = fetch("http://photos.example.com/", resolve=network.resolve, dialer=network.dial)
    assert fetched.content == b"photo"
    assert proxy.requests == []
