from collections.abc import Callable, Iterator

import pytest

from tests.core.fetch.wire import Script, WireServer


@pytest.fixture
def serve() -> Iterator[Callable[..., WireServer]]:
    """Start servers that are closed when the test ends."""
    servers: list[WireServer] = []

    def start(*scripts: Script, **options: object) -> WireServer:
        servers.append(WireServer(*scripts, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()
