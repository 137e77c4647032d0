"""Decode a stranger's picture in a child process that has nothing to lose."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL

from .formats import Format, sniff
from .limits import MAX_PIXELS, MAX_SIDE, MIN_SIDE
from .refusal import DETAILS, DecoderFailed, ImageRefused

SANDBOX = Path(__file__).with_name("child") / "sandbox.py"
# Handed over because -S leaves site-packages out: .pth files take a third of the start, and run code.
LIBRARY = str(Path(PIL.__file__).parents[1])
WALL_CLOCK_S = 20.0
CPU_S = 10
ADDRESS_SPACE = 768 * 1024**2
VERDICT_BYTES = 64 * 1024
# A decoder that ends by one of these was driven into it by the bytes; any other signal came from outside.
CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT, signal.SIGXCPU}
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as clean pixels: `path` holds exactly width × height × 3 bytes of RGB8, rows from the top.

    The caller removes the file, or the work directory.
    """

    format: Format
    width: int
    height: int
    path: Path

    def array(self) -> np.memmap:
        """The pixels, H×W×3 uint8, read-only and backed by the file."""
        return np.memmap(self.path, dtype=np.uint8, mode="r", shape=(self.height, self.width, 3))


def decode(content: bytes, *, workdir: Path) -> Decoded:
    """Decode a JPEG, PNG or WebP to upright sRGB on white, in a sandboxed child; `workdir` must exist.

    Raises ImageRefused (the picture's fault) or DecoderFailed (ours: try again), and leaves no file then.
    """
    format_name = sniff(content)
    descriptor, name = tempfile.mkstemp(dir=workdir, prefix="decoded-", suffix=".rgb")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as pixels:
            width, height = _run(content, format_name, pixels.fileno(), workdir)
        if path.stat().st_size != width * height * 3:
            raise DecoderFailed(f"{path.stat().st_size} bytes for {width}x{height}")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Decoded(format_name, width, height, path)


def _run(content: bytes, format_name: Format, pixels: int, workdir: Path) -> tuple[int, int]:
    # Files, not pipes: nothing to pump while the child runs, and its size limit bounds what it can say.
    with tempfile.TemporaryFile(dir=workdir) as source, tempfile.TemporaryFile(dir=workdir) as verdict:
        source.write(content)
        source.seek(0)
        returncode = _wait(format_name, source.fileno(), pixels, verdict.fileno())
        size = verdict.seek(0, os.SEEK_END)
        verdict.seek(max(0, size - VERDICT_BYTES))
        return _judge(returncode, verdict.read())


def _wait(format_name: Format, source: int, pixels: int, verdict: int) -> int:
    """Run the child to its end, or to the wall-clock limit; its exit code, negative for a signal."""
    limits = (ADDRESS_SPACE, MAX_PIXELS * 3, CPU_S, MAX_PIXELS, MAX_SIDE, MIN_SIDE)
    arguments = [format_name, LIBRARY, str(os.getpid()), *map(str, limits)]
    try:
        # The environment is empty: it is where secrets live. No preexec_fn: with it the parent is copied
        # by fork, which fails or stalls when torch has made it large.
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(SANDBOX), *arguments],
            stdin=source,
            stdout=pixels,
            stderr=verdict,
            env={},
            cwd="/",
        )
    except OSError as exc:
        raise DecoderFailed(f"the decoder did not start: {exc}") from exc
    # A timer, because wait(timeout) looks only every 50 ms: as long as the whole decoding takes.
    alarm = threading.Timer(WALL_CLOCK_S, child.kill)
    alarm.start()
    try:
        return child.wait()
    finally:
        alarm.cancel()
        if child.returncode is None:
            child.kill()
            child.wait()


def _judge(returncode: int, said: bytes) -> tuple[int, int]:
    """Width and height from the child's last words, which are not trusted beyond their form."""
    if -returncode in CRASHES:
        raise ImageRefused("corrupt_image", f"decoder ended by {signal.Signals(-returncode).name}")
    last = said.rpartition(b"\n")[2]
    if returncode != 0:
        raise DecoderFailed(f"decoder ended with {returncode}: {said[-300:]!r}")
    try:
        verdict = json.loads(last)
        refused = verdict.get("refused")
        if refused in DETAILS:
            raise ImageRefused(refused, str(verdict.get("reason", "")))
        width, height = int(verdict["width"]), int(verdict["height"])
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise DecoderFailed(f"decoder said {last[:200]!r}") from exc
    if not (
        min(width, height) >= MIN_SIDE and max(width, height) <= MAX_SIDE and width * height <= MAX_PIXELS
    ):
        raise DecoderFailed(f"decoder reported {width}x{height}")
    return width, height
