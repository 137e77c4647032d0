"""Wide damage gets a second look: what differs from its surroundings is believed, what looks like them is not."""

import numpy as np
import pytest

from restoration.inference.patches import without_plain_areas
from tests.restoration.inference.ageing import with_grain


@pytest.fixture
def wall() -> np.ndarray:
    return with_grain(np.full((160, 200, 3), (224, 214, 180), np.uint8), 4)


def marked(*parts: tuple[slice, slice]) -> np.ndarray:
    damage = np.zeros((160, 200), np.uint8)
    for part in parts:
        damage[part] = 255
    return damage


PATCH, OTHER = np.s_[40:100, 30:90], np.s_[60:120, 130:180]


def test_a_patch_that_looks_like_the_wall_around_it_is_dropped(wall: np.ndarray) -> None:
    assert without_plain_areas(wall, marked(PATCH), 1.0).max() == 0


def test_a_patch_of_another_colour_is_kept(wall: np.ndarray) -> None:
    wall[PATCH] = (150, 90, 80)
    assert np.array_equal(without_plain_areas(wall, marked(PATCH), 1.0), marked(PATCH))


def test_each_patch_is_judged_by_itself(wall: np.ndarray) -> None:
    wall[PATCH] = (150, 90, 80)
    assert np.array_equal(without_plain_areas(wall, marked(PATCH, OTHER), 1.0), marked(PATCH))


def test_scratches_stay_even_beside_a_dropped_patch(wall: np.ndarray) -> None:
    scratch = np.s_[5:155, 110:113]
    assert np.array_equal(without_plain_areas(wall, marked(PATCH, scratch), 1.0), marked(scratch))


def test_half_a_rim_is_enough_only_on_an_aged_photo(wall: np.ndarray) -> None:
    """A wall between roof and gutter has an edge on two sides, a lost patch on all."""
    wall[:, 34:86] = (150, 90, 80)
    sides = marked(np.s_[40:100, 34:86])
    aged, fresh = (int(without_plain_areas(wall, sides, age).sum(dtype=np.int64)) for age in (1.0, 0.0))
    assert aged > fresh == 0


def test_a_picture_that_is_all_damage_is_not_doubted(wall: np.ndarray) -> None:
    damage = np.full(wall.shape[:2], 255, np.uint8)
    assert np.array_equal(without_plain_areas(wall, damage, 0.0), damage)
