"""Seconds and peak memory of the engine by picture size: python -m tests.benchmarks.engine

Each size runs in a fresh process with the worker's memory settings, on a grainy, faded picture that goes
through every stage. Peak memory is that of the whole process, input and output included.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from restoration.inference import weights
from restoration.inference.engine import Engine
from restoration.inference.options import Options
from tests.weights import shared_weights

SIZES = {0.25: (432, 576), 1.0: (864, 1152), 5.0: (1936, 2580), 25.0: (4328, 5776)}
MEMORY_SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": "8000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "OMP_WAIT_POLICY": "passive",
}


def aged_picture(path: Path, height: int, width: int) -> None:
    """Soft shapes, faded and grainy, written row by row so that this process stays small."""
    picture = np.memmap(path, np.uint8, "w+", shape=(height, width, 3))
    random = np.random.default_rng(5)
    across = np.linspace(0, 9, width)
    for row in range(height):
        down = 9 * row / height
        shape = np.sin(across + np.sin(2 * down)) * np.cos(down + np.sin(3 * across))
        tones = 140 + 60 * shape[:, None] * np.array([1.0, 0.9, 0.7])
        picture[row] = np.clip(tones + random.normal(0, 12, (width, 1)), 0, 255)
    picture.flush()


def measure(path: Path, height: int, width: int, threads: int) -> None:
    """In the child: restore once and print one JSON object."""
    engine = Engine.load(shared_weights(), threads=threads)
    picture = np.memmap(path, np.uint8, "r", shape=(height, width, 3))
    started, cpu = time.perf_counter(), time.process_time()
    restored = engine.restore(picture, Options(enhance="on"))
    figures = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "timings": restored.timings,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--child", nargs=3, metavar=("FILE", "HEIGHT", "WIDTH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        measure(Path(given.child[0]), int(given.child[1]), int(given.child[2]), given.threads)
        return 0
    weights.verify(shared_weights())
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for megapixels, (height, width) in SIZES.items():
            path = Path(folder) / f"{megapixels}.rgb"
            aged_picture(path, height, width)
            command = [sys.executable, "-m", "tests.benchmarks.engine", "--threads", str(given.threads)]
            command += ["--child", str(path), str(height), str(width)]
            child = subprocess.run(
                command, env=os.environ | MEMORY_SETTINGS, capture_output=True, text=True, check=True
            )
            rows.append((megapixels, height * width, json.loads(child.stdout.splitlines()[-1])))
            path.unlink()
    _, base_pixels, base = rows[1]
    load = os.getloadavg()[0]
    print(
        f"{given.threads} threads, load {load:.1f} (above {given.threads} the seconds are those of a shared machine)"
    )
    print(
        f"{'MP':>6} {'s':>7} {'vs 1':>5} {'CPU s':>7} {'peak MB':>8} {'vs 1':>5} {'B/px above 1 MP':>16}  stages"
    )
    for megapixels, pixels, found in rows:
        growth = (found["peak"] - base["peak"]) / (pixels - base_pixels) if pixels > base_pixels else 0.0
        stages = " ".join(f"{name} {seconds:.1f}" for name, seconds in found["timings"].items())
        print(
            f"{megapixels:>6} {found['seconds']:>7.1f} {found['seconds'] / base['seconds']:>5.2f}"
            f" {found['cpu_seconds']:>7.1f} {found['peak'] / 1e6:>8.0f} {found['peak'] / base['peak']:>5.2f}"
            f" {growth:>16.1f}  {stages}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
