"""The training pictures: listed in `data_card.json`, checked by hash, cached at a common size.

    python -m restoration.training.photographs --cache DIR ROOT [ROOT ...]

looks for every listed file under the given folders (unpacked Debian packages, the Kodak pictures, the
installed scikit-image) and writes one array a picture into the cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

CARD = Path(__file__).with_name("data_card.json")
LONGEST_SIDE = 1600
TEST_PICTURES = (
    *(f"kodim{number}" for number in ("04", "05", "08", "13", "15", "18", "19", "23")),
    "astronaut",
    "coffee",
)
"""Stems of the ten pictures of the public test table. Nothing may be trained on them."""


@dataclass(frozen=True)
class Photograph:
    """One entry of the data card. `weight` is how often it is drawn; `split` is train or validation."""

    name: str
    file: str
    sha256: str
    licence: str
    author: str
    source: str
    weight: float
    split: str


class UnusableData(ValueError):
    """The card lists a test picture, or a listed picture is missing or has other bytes."""


def read_card(card: Path = CARD) -> list[Photograph]:
    """Entries of the card. Raises `UnusableData` when it lists a test picture."""
    entries = [Photograph(**entry) for entry in json.loads(card.read_text())["photographs"]]
    refuse_test_pictures(entry.name for entry in entries)
    return entries


def refuse_test_pictures(names: Iterable[str]) -> None:
    """Raise `UnusableData` when one of the names is a picture of the test table."""
    for name in names:
        stem = Path(name).stem.lower()
        if stem in TEST_PICTURES:
            raise UnusableData(f"{name} belongs to the test table and must not be trained on.")


def card_digest(card: Path = CARD) -> str:
    """SHA-256 over names and hashes of the listed pictures, in order."""
    lines = "\n".join(f"{entry.name} {entry.sha256} {entry.split}" for entry in read_card(card))
    return hashlib.sha256(lines.encode()).hexdigest()


def prepare(roots: list[Path], cache: Path, card: Path = CARD) -> int:
    """Write NAME.npy (H, W, 3 uint8, long side at most 1600) for every listed picture; returns how many.

    The card is copied beside them: a cache says itself what it holds.
    """
    cache.mkdir(parents=True, exist_ok=True)
    files = [path for root in roots for path in root.rglob("*") if path.is_file()]
    entries = read_card(card)
    for entry in tqdm(entries, desc="photographs", unit="picture"):
        picture = _load(_find(entry, files))
        np.save(cache / f"{entry.name}.npy", picture)
    shutil.copyfile(card, cache / CARD.name)
    return len(entries)


def load(cache: Path, split: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Memory-mapped pictures of a split and the probability of drawing each."""
    entries = [entry for entry in read_card(cache / CARD.name) if entry.split == split]
    pictures = [np.load(cache / f"{entry.name}.npy", mmap_mode="r") for entry in entries]
    weights = np.array([entry.weight for entry in entries])
    return pictures, weights / weights.sum()


def _find(entry: Photograph, files: list[Path]) -> Path:
    for path in files:
        named = path.as_posix().endswith("/" + entry.file)
        if named and hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256:
            return path
    raise UnusableData(f"{entry.file} ({entry.source}) was not found with the listed hash.")


def _load(path: Path) -> np.ndarray:
    image = Image.open(path).convert("RGB")
    scale = LONGEST_SIDE / max(image.size)
    if scale < 1:
        image = image.resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS
        )
    return np.asarray(image)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m restoration.training.photographs", description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path, help="folders that hold the source pictures")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the prepared arrays")
    arguments = parser.parse_args()
    prepare(arguments.roots, arguments.cache)


if __name__ == "__main__":
    main()
