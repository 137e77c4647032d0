"""Restores one file: python -m restoration.inference photo.jpg -o restored.png"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

from restoration.inference import weights
from restoration.inference.engine import Engine
from restoration.inference.options import CHOICES, Options


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser("python -m restoration.inference", description=__doc__)
    command.add_argument("photo", type=Path)
    command.add_argument("-o", "--output", type=Path, required=True, help="where the restored photo goes")
    command.add_argument("--report", type=Path, help="write what was found and done as JSON")
    command.add_argument("--compare", type=Path, help="write before and after side by side")
    command.add_argument("--weights", type=Path, default=Path("var/weights"), help="folder (%(default)s)")
    command.add_argument("--threads", type=int, default=2)
    for name, choices in CHOICES.items():
        command.add_argument(f"--{name}", choices=choices, default="auto")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; the exit status is 1 when the weights or the photo cannot be used."""
    given = parser().parse_args(arguments)
    options = Options(color=given.color, enhance=given.enhance)
    try:
        weights.ensure(given.weights)
        engine = Engine.load(given.weights, threads=given.threads)
        with Image.open(given.photo) as photo:
            before = np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))
    except (weights.WeightsError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with tqdm(total=100, unit="%", leave=False) as bar:

        def show(stage: str, share: float) -> None:
            bar.set_description(stage)
            bar.update(round(100 * share) - bar.n)

        restored = engine.restore(before, options, progress=show)
    Image.fromarray(restored.image).save(given.output, quality=95)
    if given.compare:
        Image.fromarray(np.hstack((before, restored.image))).save(given.compare, quality=95)
    report = restored.report | {
        "seconds": {name: round(value, 2) for name, value in restored.timings.items()}
    }
    text = json.dumps(report, indent=2)
    if given.report:
        given.report.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
