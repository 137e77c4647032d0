"""Starting processes, and looking at and ending them by their id, from /proc."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from core.supervisor import die_with_parent
from tests.weights import REPOSITORY


def command_line(pid: int) -> str:
    """The command line of a process; empty when it is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def is_running(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    return _state(pid)[0] not in ("", "Z", "X")


def descendants(root: int) -> dict[int, str]:
    """Every living process below `root`, with its command line; parents before children."""
    parents = {
        int(entry.name): _state(int(entry.name))[1]
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
    }
    found: dict[int, str] = {}
    wanted = [root]
    while wanted:
        parent = wanted.pop(0)
        for pid in sorted(pid for pid, above in parents.items() if above == parent):
            if is_running(pid):
                found[pid] = command_line(pid)
            wanted.append(pid)
    return found


def kill(pid: int, number: int = signal.SIGKILL) -> bool:
    """Send a signal. False: the process is gone already."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def wait_until(done: Callable[[], object], seconds: float, what: str, *, every: float = 0.05) -> None:
    """Return when `done()` is true; AssertionError naming `what` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(every)


def _state(pid: int) -> tuple[str, int]:
    """State letter and parent; ('', 0) when the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[1])


def spawn(command: list[str], log: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command in the repository that dies with the tests; what it says is added to the file `log`."""
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            preexec_fn=die_with_parent,
        )
