"""The parent's side: what it makes of a child that ends in every way a child can."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from restoration.imaging import DecoderFailed, ImageRefused, decode, decoding
from tests.restoration.imaging.samples import save, scene

PNG = save(scene(), "PNG")
HEAD = "import json, os, signal, sys, time\n"


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put another program in the place of the sandbox; gives the work directory."""
    workdir = tmp_path / "work"
    workdir.mkdir()

    def replace(program: str) -> Path:
        script = tmp_path / "child.py"
        script.write_text(HEAD + program)
        monkeypatch.setattr(decoding, "SANDBOX", script)
        return workdir

    return replace


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGXCPU"])
def test_a_crash_is_the_pictures_fault(child: Callable[[str], Path], name: str) -> None:
    workdir = child(f"os.kill(os.getpid(), signal.{name})")
    with pytest.raises(ImageRefused) as refused:
        decode(PNG, workdir=workdir)
    assert refused.value.code == "corrupt_image"
    assert name in refused.value.reason
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize(
    "program",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "sys.exit(3)",
        "raise RuntimeError('no Pillow')",
        "pass",
        "sys.stderr.write('not json')",
        "sys.stderr.write('[1]')",
        "sys.stderr.write(json.dumps({'refused': 'a code of its own'}))",
        "sys.stderr.write(json.dumps({'width': 64, 'height': 48}))",
        "sys.stdout.write('x' * 9217); sys.stderr.write(json.dumps({'width': 64, 'height': 48}))",
        "sys.stdout.write('x' * 27); sys.stderr.write(json.dumps({'width': 3, 'height': 3}))",
        "sys.stderr.write(json.dumps({'width': 10**9, 'height': 10**9}))",
        "sys.stderr.write(json.dumps({'width': -64, 'height': -48}))",
    ],
)
def test_anything_else_is_ours_and_worth_another_attempt(child: Callable[[str], Path], program: str) -> None:
    workdir = child(program)
    with pytest.raises(DecoderFailed):
        decode(PNG, workdir=workdir)
    assert list(workdir.iterdir()) == []


def test_a_child_that_does_not_end_is_killed(
    child: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "WALL_CLOCK_S", 0.5)
    workdir = child(f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)")
    with pytest.raises(DecoderFailed, match="-9"):
        decode(PNG, workdir=workdir)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text() or "0"), 0)


def test_nothing_of_ours_is_handed_over(
    child: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    secret = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(secret, True)
    seen = "sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1] if os.path.isdir('/proc/self/fd') else [0, 1, 2]"
    workdir = child(f"sys.stderr.write(json.dumps([dict(os.environ), {seen}, os.getcwd()])[:190])")
    try:
        with pytest.raises(DecoderFailed) as failed:
            decode(PNG, workdir=workdir)
    finally:
        os.close(secret)
    text = str(failed.value)
    environment, files, folder = json.loads(text[text.index("[") : text.rindex("]") + 1])
    assert set(environment) <= {"LC_CTYPE"}
    assert files == [0, 1, 2]
    assert folder == "/"


def test_a_missing_interpreter_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(DecoderFailed, match="did not start"):
        decode(PNG, workdir=tmp_path)


def test_memory_beyond_the_limit_is_the_pictures_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = save(Image.new("RGB", (5000, 5000)), "PNG", compress_level=1)
    decode(content, workdir=tmp_path)
    monkeypatch.setattr(decoding, "ADDRESS_SPACE", 64 * 1024**2)
    with pytest.raises(ImageRefused) as refused:
        decode(content, workdir=tmp_path)
    assert "MemoryError" in refused.value.reason


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to lend")
def test_a_full_disk_is_ours(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with (
        (tmp_path / "in").open("w+b") as source,
        said.open("wb") as verdict,
        open("/dev/full", "wb") as pixels,
    ):
        source.write(PNG)
        source.seek(0)
        code = decoding._wait("png", source.fileno(), pixels.fileno(), verdict.fileno())
    with pytest.raises(DecoderFailed, match="No space left"):
        decoding._judge(code, said.read_bytes())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_the_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    script = tmp_path / "child.py"
    script.write_text(
        HEAD
        + f"sys.path.insert(0, {str(decoding.SANDBOX.parent)!r})\nimport confinement\n"
        + f"confinement.die_with(int(sys.argv[3]))\nopen({str(noted)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys; from restoration.imaging import decoding\n"
            "decoding.SANDBOX = pathlib.Path(sys.argv[1]); content = sys.stdin.buffer.read()\n"
            "decoding.decode(content, workdir=pathlib.Path(sys.argv[2]))",
            str(script),
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
    )
    assert parent.stdin is not None
    parent.stdin.write(PNG)
    parent.stdin.close()
    try:
        wait_until(lambda: noted.exists() and noted.read_text() != "")
        pid = int(noted.read_text())
        assert running(pid)
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not running(pid))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def test_signals_that_mean_a_crash_are_not_those_that_end_processes_from_outside() -> None:
    assert not decoding.CRASHES & {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
