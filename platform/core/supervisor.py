"""Keeping child processes alive, and leaving none behind, whatever ends the parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
POLL_S = 0.2
# A child that dies at once is not started in a busy loop, yet every restart comes within 2 s.
QUICK_DEATH_S = 5.0
PAUSE_S = 1.5
GRACE_S = 10.0


@dataclass
class Child:
    """One process and how to start it again."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    start_at: float = 0.0


def die_with_parent() -> None:
    """In the child before exec: the kernel kills it when the supervisor ends, kill -9 included."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Supervisor:
    """Starts children, restarts the dead within 2 s, ends them all."""

    def __init__(self, logs: Path | None) -> None:
        self._logs = logs
        self._children: list[Child] = []
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def start(self, name: str, command: list[str], env: dict[str, str] | None = None) -> None:
        """Start a process and keep it alive from now on."""
        child = Child(name, command, env or {})
        self._children.append(child)
        self._spawn(child)

    def watch(self) -> None:
        """Restart what dies, until a signal asks to stop."""
        while not self._stopping:
            self.tend()

    def tend(self) -> None:
        """One look at every child, and a short rest."""
        for child in self._children:
            self._tend(child)
        time.sleep(POLL_S)

    def run(self, command: list[str]) -> int:
        """Run a command to its end beside the children; its exit code."""
        process = subprocess.Popen(command, preexec_fn=die_with_parent)
        try:
            while process.poll() is None:
                self.tend()
        finally:
            process.kill()
        return process.wait()

    def stop(self) -> None:
        """End every child: politely, then not. The broker goes last, the others still talk to it."""
        self._stopping = True
        for group in ([c for c in self._children if c.name != "broker"], self._children):
            running = [child.process for child in group if child.process and child.process.poll() is None]
            for process in running:
                process.terminate()
            deadline = time.monotonic() + GRACE_S
            for process in running:
                try:
                    process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _asked_to_stop(self, *_: object) -> None:
        if self._stopping:
            return
        self._stopping = True
        raise SystemExit(0)

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._spawn(child)
        elif (code := child.process.poll()) is not None:
            sys.stderr.write(f"{child.name} ended ({code}); starting it again\n")
            quick = now - child.started < QUICK_DEATH_S
            child.process, child.start_at = None, now + (PAUSE_S if quick else 0.0)

    def _spawn(self, child: Child) -> None:
        output = self._log(child.name)
        child.started = time.monotonic()
        # A new session keeps the terminal's Ctrl-C for the supervisor alone, which ends them in order.
        child.process = subprocess.Popen(
            child.command,
            env={**os.environ, **child.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        if output is not None:
            output.close()

    def _log(self, name: str) -> IO[bytes] | None:
        if self._logs is None:
            return None
        self._logs.mkdir(parents=True, exist_ok=True)
        return (self._logs / f"{name}.log").open("ab")
