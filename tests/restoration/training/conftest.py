"""A cache of two photographs that scikit-image carries, one of a split each."""

import hashlib
import json
from pathlib import Path

import pytest
import skimage.data

from restoration.training import photographs

FOLDER = Path(skimage.data.__file__).parent


def write_card(path: Path, files: dict[str, str]) -> Path:
    """A data card listing files of skimage.data, with the split of each."""
    entries = [
        {
            "name": Path(name).stem,
            "file": name,
            "sha256": hashlib.sha256((FOLDER / name).read_bytes()).hexdigest(),
            "licence": "CC0-1.0",
            "author": "see skimage/data/README.txt",
            "source": "scikit-image",
            "weight": 1.0,
            "split": split,
        }
        for name, split in files.items()
    ]
    path.write_text(json.dumps({"about": "for tests", "photographs": entries}))
    return path


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    card = write_card(folder / "card.json", {"chelsea.png": "train", "rocket.jpg": "validation"})
    photographs.prepare([FOLDER], folder / "cache", card)
    return folder / "cache"


@pytest.fixture
def photograph() -> "photographs.np.ndarray":
    return skimage.data.chelsea()[:200, 60:300]
