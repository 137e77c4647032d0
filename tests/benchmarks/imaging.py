"""Seconds and peak memory of decoding in the sandbox and of encoding, as a table.

python -m tests.benchmarks.imaging [--megapixels 25]
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from restoration.imaging import MAX_BYTES, decode, encode, preview
from restoration.imaging.formats import Format
from tests.restoration.imaging.samples import save

MIB = 1024**2


def photo(megapixels: float, grain: float) -> np.ndarray:
    """A picture of slow gradients under film grain; `grain` is its standard deviation in levels."""
    width = round((megapixels * 1e6 * 1.25) ** 0.5)
    height = round(megapixels * 1e6 / width)
    chance = np.random.default_rng(1)
    picture = np.empty((height, width, 3), np.uint8)
    x = np.arange(width)
    for y in range(height):
        base = 120 + 80 * np.sin(x / 211 + y / 97)
        noise = chance.standard_normal(width) * grain
        picture[y] = np.clip(base + noise, 0, 255)[:, None] * (1.0, 0.9, 0.7)
    return picture


def memory(pid: int | str, field: str) -> int:
    """A field of /proc/<pid>/status in bytes; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


@contextmanager
def watched_children() -> Iterator[dict[str, int]]:
    """The largest VmHWM and VmPeak that any child of this process shows meanwhile, looked at every 2 ms."""
    most = {"VmHWM": 0, "VmPeak": 0}
    done = threading.Event()
    listing = Path(f"/proc/self/task/{threading.get_native_id()}/children")

    def look() -> None:
        while not done.wait(0.002):
            for pid in listing.read_text().split():
                # Before it has become the decoder, the child shows this process's own memory.
                if b"sandbox.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    for field in most:
                        most[field] = max(most[field], memory(pid, field))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        done.set()
        watcher.join()


def decoding(megapixels: float, workdir: Path) -> None:
    print(f"\nDecoding, {megapixels:g} MP   {'file':>9} {'seconds':>8} {'resident':>10} {'addresses':>10}")
    picture = Image.fromarray(photo(megapixels, grain=0))
    turned = Image.Exif()
    turned[0x0112] = 6
    clear = picture.convert("RGBA")
    clear.putalpha(picture.getchannel(0))
    cases: list[tuple[str, Image.Image, str, dict[str, Any]]] = [
        ("JPEG", picture, "JPEG", {"quality": 75}),
        ("JPEG turned", picture, "JPEG", {"quality": 75, "exif": turned}),
        ("JPEG CMYK progressive", picture.convert("CMYK"), "JPEG", {"quality": 75, "progressive": True}),
        ("PNG", picture, "PNG", {}),
        ("PNG alpha, turned", clear, "PNG", {"exif": turned}),
        ("WebP", picture, "WEBP", {"method": 0}),
        ("WebP alpha, turned", clear, "WEBP", {"method": 0, "exif": turned}),
    ]
    for name, image, format, options in cases:
        content = save(image, format, **options)
        if len(content) > MAX_BYTES:
            print(f"  {name:<22} {len(content) / MIB:6.1f} MiB is more than a file may have")
            continue
        times = []
        with watched_children() as most:
            for _ in range(3):
                began = time.perf_counter()
                decode(content, workdir=workdir).path.unlink()
                times.append(time.perf_counter() - began)
        resident, addresses = most["VmHWM"] / MIB, most["VmPeak"] / MIB
        size = len(content) / MIB
        print(f"  {name:<22} {size:6.1f} MiB {min(times):6.2f} s {resident:6.0f} MiB {addresses:6.0f} MiB")


def encoding(megapixels: float) -> None:
    print(f"\nEncoding, {megapixels:g} MP   {'file':>9} {'seconds':>8} {'beyond array':>13}")
    picture = photo(megapixels, grain=4)
    formats: tuple[Format, ...] = ("jpeg", "png", "webp")
    for name in (*formats, "preview"):
        Path("/proc/self/clear_refs").write_text("5")
        before = memory("self", "VmRSS")
        began = time.perf_counter()
        content = preview(picture) if name == "preview" else encode(picture, name)  # type: ignore[arg-type]
        took = time.perf_counter() - began
        beyond = (memory("self", "VmHWM") - before) / (picture.size / 3)
        print(f"  {name:<12} {len(content) / MIB:8.1f} MiB {took:6.2f} s {beyond:6.1f} B/pixel")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megapixels", type=float, nargs="+", default=[0.25, 1, 5, 25])
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; best of three")
    with tempfile.TemporaryDirectory() as folder:
        for megapixels in arguments.megapixels:
            decoding(megapixels, Path(folder))
    for megapixels in arguments.megapixels:
        encoding(megapixels)


if __name__ == "__main__":
    main()
