"""`python -m tests.faults.money.preloaded PORT FOLDER`: web, workers and beat, forked from one loaded process.

What is forked runs as in production; only that its modules are there already makes 200 restarts affordable.
The parent opens no connection and starts no thread, kills nobody, and starts again whoever died, at once.
`FOLDER/NAME.pid` holds the process id of the present one, `FOLDER/NAME.ready` that of the last one to take work.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup(set_prefix=False)

import uvicorn  # noqa: E402
from celery.signals import worker_ready  # noqa: E402
from django.urls import get_resolver  # noqa: E402

import config.asgi  # noqa: E402
from config.celery import app  # noqa: E402
from core.supervisor import die_with_parent  # noqa: E402

POLL_S = 0.02
Program = Callable[[Callable[[], None]], None]


class Announced(uvicorn.Server):
    """Says when it listens."""

    ready: Callable[[], None]

    async def startup(self, *args: Any, **options: Any) -> None:
        await super().startup(*args, **options)
        self.ready()


def web(port: int, ready: Callable[[], None]) -> None:
    """What `uvicorn config.asgi:application` serves."""
    server = Announced(
        uvicorn.Config(config.asgi.application, port=port, log_level="warning", access_log=False)
    )
    server.ready = ready
    server.run()


def worker(queue: str, pool: str, threads: int, ready: Callable[[], None]) -> None:
    """A Celery worker that runs its tasks in its own process, so that kill -9 ends what it is doing."""
    worker_ready.connect(lambda **_: ready(), weak=False)
    options = ["-Q", queue, "-P", pool, "-c", str(threads), "-n", f"{queue}{os.getpid()}@%h"]
    app.worker_main(["worker", *options, "--without-gossip", "--without-mingle", "-l", "WARNING"])


def beat(folder: Path, ready: Callable[[], None]) -> None:
    """The schedule of the settings."""
    ready()
    app.start(["beat", "-s", str(folder / "schedule"), "--pidfile", "", "-l", "WARNING"])


class Nursery:
    """Children by name, and what each of them runs."""

    def __init__(self, folder: Path, programs: dict[str, Program]) -> None:
        self._folder = folder
        self._programs = programs
        self._pids: dict[str, int] = {}

    def run(self) -> None:
        """Keep every child alive, until a signal ends all."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            for name in self._programs:
                self._fork(name)
            while True:
                pid, _ = os.waitpid(-1, os.WNOHANG)
                for name in [name for name, known in self._pids.items() if known == pid]:
                    self._fork(name)
                time.sleep(0 if pid else POLL_S)
        finally:
            for pid in self._pids.values():
                os.kill(pid, signal.SIGKILL)

    def _fork(self, name: str) -> None:
        pid = os.fork()
        if pid:
            self._pids[name] = pid
            self._note(f"{name}.pid", pid)
            return
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            die_with_parent()
            self._programs[name](lambda: self._note(f"{name}.ready", os.getpid()))
        finally:
            os._exit(1)

    def _note(self, name: str, pid: int) -> None:
        unfinished = self._folder / f"{name}.new"
        unfinished.write_text(str(pid))
        unfinished.rename(self._folder / name)


def main() -> None:
    """Fork and watch."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    app.loader.import_default_modules()
    _ = get_resolver().url_patterns  # loads every view
    programs: dict[str, Program] = {
        "web": lambda ready: web(port, ready),
        "default": lambda ready: worker("default", "threads", 4, ready),
        "restoring": lambda ready: worker("restoration", "solo", 1, ready),
        "beat": lambda ready: beat(folder, ready),
    }
    Nursery(folder, programs).run()


if __name__ == "__main__":
    main()
