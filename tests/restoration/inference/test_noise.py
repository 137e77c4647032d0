"""Grain and compression marks are measured, and told from the picture's own texture."""

import io

import numpy as np
import pytest
from PIL import Image

from restoration.inference import noise
from tests.restoration.inference.ageing import with_grain


def compressed(photo: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(photo).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def test_a_healthy_photo_shows_little_of_either(healthy: np.ndarray) -> None:
    assert noise.grain(healthy) < 1.5
    assert noise.blockiness(healthy) < 1.2


@pytest.mark.parametrize("strength", [4.0, 8.0, 16.0])
def test_grain_is_measured_within_a_third(healthy: np.ndarray, strength: float) -> None:
    assert noise.grain(with_grain(healthy, strength)) == pytest.approx(strength, rel=1 / 3)


def test_texture_is_not_grain() -> None:
    """Leaves and pebbles: as strong, everywhere, but much of it flat and some of it far off."""
    random = np.random.default_rng(4)
    twigs = (random.random((256, 320, 1)) < 0.05) * random.normal(0, 60, (256, 320, 1))
    grain = random.normal(0, twigs.std(), (256, 320, 1))
    textured, grainy = (
        np.repeat(np.clip(128 + part, 3, 252), 3, 2).astype(np.uint8) for part in (twigs, grain)
    )
    assert noise.grain(textured) == 0
    assert noise.grain(grainy) > 10


def test_compression_marks_grow_as_quality_falls(healthy: np.ndarray) -> None:
    found = [noise.blockiness(compressed(healthy, quality)) for quality in (95, 50, 20)]
    assert found[0] < 1.2 < 1.6 < found[1] < found[2]


def test_a_cropped_picture_keeps_its_marks(healthy: np.ndarray) -> None:
    marked = compressed(healthy, 30)
    assert noise.blockiness(marked[3:, 5:]) == pytest.approx(noise.blockiness(marked), rel=0.25)


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (16, 16), (16, 3000), (40, 33)])
def test_any_shape_is_measured(shape: tuple[int, int]) -> None:
    flat = np.full((*shape, 3), 128, np.uint8)
    assert noise.grain(flat) == 0
    assert noise.blockiness(flat) == pytest.approx(1)
