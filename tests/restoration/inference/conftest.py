"""What the engine's tests share: the real weights, one loaded engine and one healthy photo."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from restoration.inference.engine import Engine
from tests.weights import shared_weights

PHOTOS = Path(__file__).parents[2] / "data" / "photos"


@pytest.fixture(scope="session")
def weights_folder() -> Path:
    return shared_weights()


@pytest.fixture(scope="session")
def engine(weights_folder: Path) -> Engine:
    return Engine.load(weights_folder)


@pytest.fixture(scope="session")
def healthy() -> np.ndarray:
    """256 x 192, full colour, hardly any grain."""
    with Image.open(PHOTOS / "kodim03_crop.png") as photo:
        return np.asarray(photo.convert("RGB"))


@pytest.fixture(scope="session")
def whole() -> np.ndarray:
    """288 x 192: a whole scene, whose darkest and lightest tones are those of a photo."""
    with Image.open(PHOTOS / "kodim03_small.png") as photo:
        return np.asarray(photo.convert("RGB"))


@pytest.fixture(scope="session")
def small(healthy: np.ndarray) -> np.ndarray:
    """96 x 64 of the healthy photo: enough for the network, quick on two cores."""
    return np.ascontiguousarray(healthy[60:124, 60:156])
