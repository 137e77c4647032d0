"""Repairs laid over a picture: the same whole or in parts, and nothing where no damage is."""

import numpy as np
import pytest

from restoration.inference import resample
from restoration.inference.mending import Composed, Mended, weight_of
from restoration.inference.strength import LADDER, ladder

STANDARD = ladder("standard")[0]


def mended(size: tuple[int, int]) -> Mended:
    damage = np.zeros(size, np.uint8)
    damage[size[0] // 2, 10:30] = 255
    return Mended(np.full((*size, 3), 200, np.uint8), damage)


def test_the_weight_is_full_on_damage_and_none_far_from_it() -> None:
    weight = weight_of(mended((64, 48)).certain(STANDARD))
    assert (weight[32, 10:30] == 255).all()
    assert weight[:29].max() == 0
    assert weight[36:].max() == 0


def test_gentler_settings_take_less() -> None:
    damage = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
    found = Mended(np.zeros((8, 256, 3), np.uint8), damage)
    sums = [int(weight_of(found.certain(rung)).sum()) for rung in LADDER]
    assert sums == sorted(sums, reverse=True)
    assert len(set(sums)) == len(LADDER)


def test_only_damage_is_replaced(healthy: np.ndarray) -> None:
    made = mended(healthy.shape[:2])  # type: ignore[arg-type]
    weight = weight_of(made.certain(STANDARD))
    result = np.asarray(Composed(healthy, made, weight, 0.0))
    assert (result[weight == 255] == 200).all()
    assert np.array_equal(result[weight == 0], healthy[weight == 0])


def test_cleaning_beside_the_damage_is_mixed_in(healthy: np.ndarray) -> None:
    made = mended(healthy.shape[:2])  # type: ignore[arg-type]
    weight = np.zeros(healthy.shape[:2], np.uint8)
    result = np.asarray(Composed(healthy, made, weight, 0.5)).astype(int)
    assert np.abs(result - (healthy.astype(int) + 200) / 2).max() <= 0.5


@pytest.mark.parametrize("factor", [1, 3])
def test_parts_are_the_whole(healthy: np.ndarray, factor: int) -> None:
    """At the picture's size, and with repairs that were made at a third of it."""
    size = resample.fit(healthy.shape[:2], healthy.shape[0] * healthy.shape[1] // factor**2, 4096)
    made = mended(size)
    picture = Composed(healthy, made, weight_of(made.certain(STANDARD)), 0.3)
    whole = np.asarray(picture)
    assert whole.shape == healthy.shape
    assert not np.array_equal(whole, healthy)
    for part in (np.s_[0:50], np.s_[50:100], np.s_[90:110, 20:90]):
        difference = np.abs(picture[part].astype(int) - whole[part])
        # Pillow rounds its coefficients for each part anew, which shows at the steepest of edges.
        assert difference.max() <= 3
        assert difference.mean() < 0.05


def test_the_photo_itself_is_not_changed(healthy: np.ndarray) -> None:
    before = healthy.copy()
    picture = Composed(healthy, mended(healthy.shape[:2]), np.zeros(healthy.shape[:2], np.uint8), 0.0)  # type: ignore[arg-type]
    picture[:, :][:] = 0
    assert np.array_equal(healthy, before)
