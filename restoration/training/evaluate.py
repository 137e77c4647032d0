"""Measure the engine on a folder of aged prints with known originals.

    python -m restoration.training.evaluate BENCHMARK [--weights DIR] [--pictures DIR] [--json]

BENCHMARK holds one folder a kind (light, heavy) with NAME_clean.png, NAME_aged.png and NAME_mask.png. The
rows: the aged input, what classical means do, x4plus alone, the repair network alone, the whole engine with
its default options, and what a true mask would give. Below: every picture's gain, and what the engine does
to the clean pictures. Seconds and memory are this process's own.
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

from restoration.inference import repair_weights, weights
from restoration.inference.engine import Engine
from restoration.inference.faithfulness.drift import drift
from restoration.inference.options import Options
from restoration.inference.repair_network import RepairNetwork
from restoration.training import metrics, photographs, reference
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


ENGINE = "engine, default options"


def methods(network: RepairNetwork, engine: Engine) -> dict[str, Method]:
    """The rows of the table."""
    device = torch.device("cpu")

    def by_network(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        picture, damage = repaired(network, case.aged, device)
        return picture, damage > 0.5

    def told(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        return repaired(network, case.aged, device, case.mask)[0], None

    def by_engine(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        restored = engine.restore(case.aged, Options())
        return restored.image, restored.damage > 127

    def engine_told(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        return engine.restore(case.aged, Options(), mask=case.mask.astype(np.uint8) * 255).image, None

    def x4plus(case: Case) -> tuple[np.ndarray, np.ndarray | None]:
        return engine.restore(case.aged, reference.X4PLUS_ONLY).image, None

    rows: dict[str, Method] = {"input": lambda case: (case.aged, None)}
    if reference.has_telea():
        rows["top-hat + Telea"] = lambda case: reference.telea_by_tophat(case.aged)
        rows["true mask + Telea"] = lambda case: (reference.telea(case.aged, case.mask), None)
    return rows | {
        "true mask + membrane": lambda case: (reference.filled_only(case.aged, case.mask), None),
        "x4plus alone": x4plus,
        "network alone": by_network,
        "network, true mask": told,
        ENGINE: by_engine,
        "engine, true mask": engine_told,
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
    parser.add_argument(
        "--x4plus", type=Path, default=Path("var/weights"), help="folder of x4plus (%(default)s)"
    )
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
    weights.ensure(options.x4plus)
    engine = Engine.load(options.x4plus, repair_folder=options.weights)
    rows = methods(network, engine)
    result: dict[str, object] = {}
    clean: dict[str, Case] = {}
    for folder in sorted(path for path in options.benchmark.iterdir() if path.is_dir()):
        cases = read_cases(folder)
        clean |= {case.name: case for case in cases}
        table = _table(folder.name, cases, rows, options.pictures)
        result[folder.name] = table
        if not options.json:
            sys.stdout.write(_rendered(folder.name, table))
            sys.stdout.flush()
    result["clean"] = kept = _kept(engine, list(clean.values()), options.pictures)
    if not options.json:
        sys.stdout.write(_rendered_kept(kept))
    result["speed"] = reference.speed(network)
    result["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write(f"{result['speed']}\npeak memory of the process {result['peak_megabytes']} MB\n")


Table = dict[str, dict[str, dict[str, float]]]
"""Method → print (and "mean") → figure."""


def _table(kind: str, cases: list[Case], rows: dict[str, Method], pictures: Path | None) -> Table:
    table: Table = {}
    for title, method in rows.items():
        figures: dict[str, dict[str, float]] = {}
        for case in tqdm(cases, desc=f"{kind}: {title}", leave=False):
            figures[case.name], picture = measure(method, case)
            if pictures is not None:
                _save(pictures / kind, f"{case.name}_{title}", picture)
        columns = {name: [row[name] for row in figures.values()] for name in COLUMNS}
        known = {name: [value for value in values if not np.isnan(value)] for name, values in columns.items()}
        figures["mean"] = {
            name: float(np.mean(values)) if values else float("nan") for name, values in known.items()
        }
        table[title] = figures
    return table


Kept = dict[str, dict[str, float]]
"""Clean picture → how much of it the engine left as it was."""


def _kept(engine: Engine, cases: list[Case], pictures: Path | None) -> Kept:
    """What the default options do to pictures that nothing is wrong with."""
    kept = {}
    for case in tqdm(cases, desc="clean pictures", leave=False):
        restored = engine.restore(case.clean, Options())
        drifted = drift(case.clean, restored.image, np.ones(case.mask.shape, np.bool_))
        kept[case.name] = {
            "psnr": metrics.psnr(restored.image, case.clean),
            "delta_e_mean": drifted.mean if drifted else 0.0,
            "taken_for_damage": float((restored.damage > 127).mean()),
        }
        if pictures is not None:
            _save(pictures / "clean", case.name, restored.image)
    return kept


def _save(folder: Path, name: str, picture: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(folder / f"{name.replace(', ', '_').replace(' ', '_')}.png")


def _rendered_kept(kept: Kept) -> str:
    lines = [f"{'clean pictures':<26}{'PSNR':>8}{'delta E':>10}{'taken for damage':>18}"]
    for name, row in kept.items():
        figures = f"{row['psnr']:>8.2f}{row['delta_e_mean']:>10.2f}{row['taken_for_damage']:>18.4f}"
        lines.append(f"  {name:<24}{figures}")
    return "\n".join(lines) + "\n\n"


def _rendered(kind: str, table: Table) -> str:
    lines = [f"{kind:<26}" + "".join(f"{name:>14}" for name in COLUMNS)]
    for title, figures in table.items():
        lines.append(f"{title:<26}" + "".join(_number(figures["mean"][name]) for name in COLUMNS))
    lines.append("PSNR-a of each print, input and engine")
    for name in table["input"]:
        before, after = (table[title][name]["psnr_affine"] for title in ("input", ENGINE))
        lines.append(f"  {name:<24}{before:>8.2f}{after:>8.2f}{after - before:>+8.2f}")
    return "\n".join(lines) + "\n\n"


def _number(value: float) -> str:
    return f"{'-':>14}" if np.isnan(value) else f"{value:>14.3f}"


if __name__ == "__main__":
    main()
