"""A real running instance: `manage.py serve` in a process of its own, with a VAR_DIR of its own.

`instance` is one for the whole test run of a process; import it into a conftest.py to have it there.
"""

import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.databases import own_database
from tests.pictures import PictureServer
from tests.processes import descendants, kill, spawn, wait_until
from tests.weights import REPOSITORY, shared_weights

ENDPOINT = "/api/api-call/photo-restore"
READY_S = 240
_numbers = count(1)


@dataclass
class Answer:
    """What an HTTP call brought back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Instance:
    """A VAR_DIR, the environment that belongs to it, and the process that serves it."""

    var_dir: Path
    pictures: PictureServer
    extra_environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        foreign = (
            "REDIS_URL",
            "DATABASE_URL",
            "DJANGO_SECRET_KEY",
            "DJANGO_SETTINGS_MODULE",
            "LOG_LEVEL",
            "PORT",
        )
        self.environment = {name: value for name, value in os.environ.items() if name not in foreign}
        self.environment |= {
            "VAR_DIR": str(self.var_dir),
            "WEIGHTS_DIR": str(shared_weights()),
            "WORKER_THREADS": "1",  # test processes run side by side
            "RESTORATION_FETCH_ALLOW": self.pictures.address,
            **own_database(),
            **self.extra_environment,
        }

    def start(self) -> "Instance":
        """Start serving and wait until it is ready for work."""
        self.spawn()
        try:
            wait_until(self.is_ready, READY_S, "/readyz answers 200", every=0.5)
        except AssertionError as exc:
            self.stop()
            raise AssertionError(f"{exc}\n{self.logs()[-4000:]}") from None
        return self

    def spawn(self) -> None:
        """Start the process and return at once."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), "--log-files"]
        self.process = spawn(command, self.var_dir / "serve.log", self.environment)

    def stop(self) -> None:
        """End it as an operator would; kills what is then still there. Repeating it changes nothing."""
        if self.process is None or self.process.poll() is not None:
            return
        below = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            for pid in [self.process.pid, *below]:
                kill(pid)
            self.process.wait()

    def is_ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"serve ended with {self.process.returncode}")
        try:
            return self.call("GET", "/readyz", timeout=10).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 90,
    ) -> Answer:
        """One HTTP request on a connection of its own. `path` may be an address of this instance."""
        parts = urlsplit(path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def restore(self, key: str, image_url: str, *, query: str = "", timeout: float = 90) -> Answer:
        """Call the compatibility endpoint."""
        body = json.dumps({"imageUrl": image_url}).encode()
        return self.call("POST", ENDPOINT + query, body=body, headers=bearer(key), timeout=timeout)

    def manage(self, *arguments: str) -> Any:
        """Run a management command of this VAR_DIR; the JSON of its last line."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(
                f"{arguments[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
            )
        return json.loads(done.stdout.decode().strip().splitlines()[-1])

    def evaluate(self, code: str) -> Any:
        """Run Python in this VAR_DIR's Django; `code` sets `result`, which comes back through JSON."""
        return self.manage("shell", "--no-imports", "-c", f"{code}\nimport json\nprint(json.dumps(result))")

    def new_key(self, credits: int = 5, email: str = "") -> str:
        """A live key of a new account with that many credits."""
        email = email or f"customer{next(_numbers)}@example.org"
        key: str = self.manage("issue_api_key", "--email", email, "--name", "Test")["api_key"]
        if credits:
            self.manage("grant_credits", "--email", email, "--amount", str(credits), "--reason", "test")
        return key

    def credits(self, key: str) -> dict[str, int]:
        """The balance as the API tells it."""
        found: dict[str, int] = self.call("GET", "/api/v1/account", headers=bearer(key)).json["credits"]
        return found

    def processes(self, part: str = "") -> list[int]:
        """Ids of the processes below the supervisor whose command line contains `part`, parents first."""
        assert self.process is not None
        return [pid for pid, command in descendants(self.process.pid).items() if part in command]

    def logs(self) -> str:
        """Everything that its processes wrote."""
        files = [self.var_dir / "serve.log", *sorted((self.var_dir / "logs").glob("*.log"))]
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())


def bearer(key: str) -> dict[str, str]:
    """Headers of a JSON call with this key."""
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_instance(**environment: str) -> Instance:
    """An instance that is not started yet; what it leaves behind goes when the test process ends."""
    folder = Path(tempfile.mkdtemp(prefix="heirloom-instance-"))
    pictures = PictureServer()
    pictures.__enter__()
    made = Instance(folder, pictures, environment)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(made.stop)
    return made


@cache
def shared_instance() -> Instance:
    """The one instance of this test process, started at the first call."""
    return new_instance().start()


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    """The shared instance; it is ended with the session, whichever conftest.py imported the fixture first."""
    yield shared_instance()
    shared_instance().stop()
