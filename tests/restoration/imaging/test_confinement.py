"""What a decoder that was taken over could still do: nothing beyond its pixels."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from restoration.imaging.decoding import SANDBOX

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's")

PROBE = """
import json, os, resource, signal, socket, sys
sys.path.insert(0, sys.argv[1])
import confinement
confinement.limit(256 << 20, 1000, 1)
confinement.die_with(int(sys.argv[2]))
confinement.close_the_door()
{action}
"""
FORBIDDEN = {
    "open": "open('/etc/hostname')",
    "create": "os.open('/tmp/heirloom-probe', os.O_CREAT | os.O_WRONLY)",
    "list": "os.listdir('/')",
    "delete": "os.unlink('/tmp/heirloom-probe')",
    "environment of the parent": "open(f'/proc/{os.getppid()}/environ')",
    "connect": "socket.socket()",
    "unix socket": "socket.socket(socket.AF_UNIX)",
    "signal": "os.kill(os.getppid(), 0)",
    "fork": "os.fork()",
    "exec": "os.execv('/bin/true', ['true'])",
    "import": "__import__('sqlite3')",
    "raise limits": "resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
}


def probe(action: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    script = folder / "probe.py"
    script.write_text(PROBE.format(action=action))
    command = [sys.executable, "-I", "-S", "-B", str(script), str(SANDBOX.parent), str(os.getpid())]
    return subprocess.run(command, input=stdin, capture_output=True, env={}, timeout=60, check=False)


@pytest.mark.skipif(
    "Seccomp:" not in Path("/proc/self/status").read_text(), reason="this kernel has no seccomp"
)
@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_door_is_shut(call: str, tmp_path: Path) -> None:
    # The probe answers through the standard output that it was given, so the door is not simply a wall.
    answer = "print(type(exc).__name__)"
    action = f"try:\n    {call}\n    print('done')\nexcept (OSError, ValueError, ImportError) as exc:\n    {answer}"
    done = probe(action, tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() in ("PermissionError", "ValueError", "ModuleNotFoundError")


def test_what_decoding_needs_is_left(tmp_path: Path) -> None:
    action = "print(len(sys.stdin.buffer.read()), len(bytearray(50 << 20)), len(os.urandom(4)))"
    done = probe(action, tmp_path, stdin=b"x" * 1000)
    assert done.stdout.split() == [b"1000", str(50 << 20).encode(), b"4"]


def test_memory_is_limited(tmp_path: Path) -> None:
    done = probe("bytearray(300 << 20)", tmp_path)
    assert b"MemoryError" in done.stderr


def test_cpu_time_is_limited(tmp_path: Path) -> None:
    assert probe("while True: pass", tmp_path).returncode == -signal.SIGXCPU


def test_files_are_limited(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        script = tmp_path / "probe.py"
        script.write_text(PROBE.format(action="os.write(1, b'x' * 5000)\nos.write(1, b'x')"))
        command = [sys.executable, "-I", "-S", "-B", str(script), str(SANDBOX.parent), str(os.getpid())]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env={}, timeout=60, check=False)
    assert b"File too large" in done.stderr
    assert (tmp_path / "out").stat().st_size == 1000


def test_the_standard_library_alone_is_seen(tmp_path: Path) -> None:
    done = probe("print(json.dumps([dict(os.environ), sys.path]))", tmp_path)
    environment, path = json.loads(done.stdout)
    assert set(environment) <= {"LC_CTYPE"}
    assert not any("site-packages" in folder for folder in path)
