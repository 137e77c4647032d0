"""Evidence about photos with planted changes, and one photo with a face."""

from collections.abc import Callable

import numpy as np
import pytest
import skimage.data

from restoration.inference.faithfulness import Evidence

Make = Callable[..., Evidence]


@pytest.fixture
def evidence() -> Make:
    """Evidence of a restoration that changed nothing but what is given."""

    def make(
        photo: np.ndarray,
        *,
        corrected: np.ndarray | None = None,
        result: np.ndarray | None = None,
        repaired: np.ndarray | None = None,
        invented: np.ndarray | None = None,
    ) -> Evidence:
        size = photo.shape[:2]
        before = photo if corrected is None else corrected
        return Evidence(
            photo,
            before,
            before if result is None else result,
            np.zeros(size, np.uint8) if repaired is None else repaired,
            np.zeros(size, np.bool_) if invented is None else invented,
        )

    return make


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """512 x 512; Eileen Collins' face is 90 pixels wide at (180, 80)."""
    return np.asarray(skimage.data.astronaut())


@pytest.fixture
def scratch(whole: np.ndarray) -> np.ndarray:
    """h x w bool of the photo `whole`: a line 3 pixels wide from top to bottom."""
    mask = np.zeros(whole.shape[:2], np.bool_)
    mask[:, 100:103] = True
    return mask
