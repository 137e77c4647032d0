"""A name for this very process that others on the same machine can check: is it gone for certain?

`host:mark:pid:start`. The mark stands for the running kernel and its process and time namespaces, so that a
number is never looked up where it means another process; the start time tells a reused number apart.
"""

import hashlib
import os
import socket
import sys
from functools import cache
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def own_name() -> str:
    """The name of the calling process; asked anew after a fork."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{_mark()}:{pid}:{_state_and_start(pid)[1]}"


def is_gone(name: str) -> bool:
    """Whether the process with this name has ended. False also means: cannot be told from here."""
    parts = name.rsplit(":", 3)
    if len(parts) != 4 or not parts[1] or parts[1] != _mark() or not parts[2].isdecimal():
        return False
    pid = int(parts[2])
    try:
        # Asked first: /proc may hide other users' processes, a signal does not.
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    state, start = _state_and_start(pid)
    return bool(start) and (start != parts[3] or state in "ZX")


@cache
def _mark() -> str:
    """The same for processes that see each other's numbers alike; empty where that cannot be known."""
    if sys.platform != "linux":
        return ""
    try:
        spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("pid", "time")]
        return hashlib.sha256("\n".join([BOOT_ID.read_text(), *spaces]).encode()).hexdigest()[:16]
    except OSError:
        return ""


def _state_and_start(pid: int) -> tuple[str, str]:
    """State letter and start time in clock ticks since boot; empty strings where they cannot be read."""
    try:
        # The command's name stands in parentheses and may hold anything, so count from behind it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return "", ""
