"""Measure the repair network on a folder of aged prints with known originals.

    python -m restoration.training.evaluate BENCHMARK [--weights DIR] [--pictures DIR] [--json]

BENCHMARK holds one folder a kind (light, heavy) with NAME_clean.png, NAME_aged.png and NAME_mask.png. The
rows: the aged input, the membrane fill alone with the true mask, the network, and the network told the
true mask. Seconds and memory are this process's own.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from restoration.inference import repair_weights
from restoration.inference.repair_network import RepairNetwork
from restoration.training import metrics, photographs
from restoration.training.reference import filled_only, speed
from restoration.training.validation import repaired

COLUMNS = ("psnr", "ssim", "psnr_affine", "psnr_in_mask", "mask_overlap", "seconds")


@dataclass(frozen=True)
class Case:
    """One print of the benchmark: (H, W, 3) uint8 twice and (H, W) bool."""

    name: str
    aged: np.ndarray
    clean: np.ndarray
    mask: np.ndarray


Method = Callable[[Case], tuple[np.ndarray, np.ndarray | None]]
"""Gives the repaired picture and, where it finds damage itself, a damage mask (H, W) bool."""


def read_cases(folder: Path) -> list[Case]:
    """All prints of one kind, by name."""
    cases = []
    for path in sorted(folder.glob("*_aged.png")):
        name = path.name.removesuffix("_aged.png")
        parts = [Image.open(folder / f"{name}_{part}.png") for part in ("aged", "clean", "mask")]
        aged, clean = (np.asarray(part.convert("RGB")) for part in parts[:2])
        cases.append(Case(name, aged, clean, np.asarray(parts[2].convert("L")) > 127))
    return cases


def methods(network: RepairNetwork) -> dict[str, Method]:
    """The rows of the table."""
    device = torch.device("cpu")

    def by_network(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        picture, damage = repaired(network, case.aged, device)
        return picture, damage > 0.5

    def told(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        return repaired(network, case.aged, device, case.mask)[0], None

    return {
        "input": lambda case: (case.aged, None),
        "membrane, true mask": lambda case: (filled_only(case.aged, case.mask), None),
        "network": by_network,
        "network, true mask": told,
    }


def measure(method: Method, case: Case) -> tuple[dict[str, float], np.ndarray]:
    """Figures of one method on one print, and its picture."""
    began = time.perf_counter()
    picture, damage = method(case)
    seconds = time.perf_counter() - began
    figures = {
        "psnr": metrics.psnr(picture, case.clean),
        "ssim": metrics.ssim(picture, case.clean),
        "psnr_affine": metrics.psnr_affine(picture, case.clean),
        "psnr_in_mask": metrics.psnr_inside(picture, case.clean, case.mask),
        "mask_overlap": float("nan") if damage is None else metrics.overlap(damage, case.mask),
        "seconds": seconds,
    }
    return figures, picture


def main() -> None:
    """Command line. Exit code 2 when the weights were trained on a test picture."""
    parser = argparse.ArgumentParser(
        prog="python -m restoration.training.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("--weights", type=Path, default=repair_weights.FOLDER)
    parser.add_argument("--pictures", type=Path, help="write what each method made of each print here")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    training = repair_weights.read_manifest(options.weights)["training"]
    try:
        photographs.refuse_test_pictures(training["pictures"] + training["validation_pictures"])
    except photographs.UnusableData as error:
        sys.stderr.write(f"These weights cannot be measured here. {error}\n")
        raise SystemExit(2) from error
    network = repair_weights.load_repair_network(options.weights)
    result: dict[str, object] = {}
    for folder in sorted(path for path in options.benchmark.iterdir() if path.is_dir()):
        table = _table(folder, methods(network), options.pictures)
        result[folder.name] = table
        if not options.json:
            sys.stdout.write(_rendered(folder.name, table))
    result["speed"] = speed(network)
    result["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write(f"{result['speed']}\npeak memory of the process {result['peak_megabytes']} MB\n")


Table = dict[str, dict[str, dict[str, float]]]
"""Method → print (and "mean") → figure."""


def _table(folder: Path, rows: dict[str, Method], pictures: Path | None) -> Table:
    cases = read_cases(folder)
    table: Table = {}
    for title, method in rows.items():
        figures: dict[str, dict[str, float]] = {}
        for case in tqdm(cases, desc=f"{folder.name}: {title}", leave=False):
            figures[case.name], picture = measure(method, case)
            if pictures is not None:
                target = pictures / folder.name
                target.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(
                    target / f"{case.name}_{title.replace(', ', '_').replace(' ', '_')}.png"
                )
        columns = {name: [row[name] for row in figures.values()] for name in COLUMNS}
        known = {name: [value for value in values if not np.isnan(value)] for name, values in columns.items()}
        figures["mean"] = {
            name: float(np.mean(values)) if values else float("nan") for name, values in known.items()
        }
        table[title] = figures
    return table


def _rendered(kind: str, table: Table) -> str:
    lines = [f"{kind:<22}" + "".join(f"{name:>14}" for name in COLUMNS)]
    for title, figures in table.items():
        lines.append(f"{title:<22}" + "".join(_number(figures["mean"][name]) for name in COLUMNS))
    lines.append("PSNR-a of each print, input and network")
    for name in table["input"]:
        before, after = (table[title][name]["psnr_affine"] for title in ("input", "network"))
        lines.append(f"  {name:<20}{before:>8.2f}{after:>8.2f}{after - before:>+8.2f}")
    return "\n".join(lines) + "\n\n"


def _number(value: float) -> str:
    return f"{'-':>14}" if np.isnan(value) else f"{value:>14.3f}"


if __name__ == "__main__":
    main()
