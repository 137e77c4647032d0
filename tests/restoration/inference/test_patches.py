"""Wide damage gets a second look: what that does not show is dropped, and scratches are not asked for."""

import numpy as np
import pytest

from restoration.inference.patches import confirmed, wide

PATCH, OTHER, SCRATCH = np.s_[40:100, 30:90], np.s_[60:120, 130:180], np.s_[5:155, 110:113]


def marked(*parts: tuple[slice, slice]) -> np.ndarray:
    damage = np.zeros((160, 200), np.uint8)
    for part in parts:
        damage[part] = 255
    return damage


def looked_at_again(damage: np.ndarray, *shown: tuple[slice, slice]) -> np.ndarray:
    return confirmed(damage, wide(damage), marked(*shown))


def test_only_what_is_wide_is_numbered() -> None:
    found = wide(marked(PATCH, OTHER, SCRATCH))
    assert set(np.unique(found)) == {0, 1, 2}
    assert (found[PATCH] == found[50, 50]).all()
    assert (found[OTHER] == found[70, 150]).all()
    assert not found[SCRATCH].any()


def test_a_patch_that_is_not_seen_again_is_dropped() -> None:
    assert not looked_at_again(marked(PATCH)).any()


def test_each_patch_is_judged_by_itself() -> None:
    assert np.array_equal(looked_at_again(marked(PATCH, OTHER), OTHER), marked(OTHER))


def test_scratches_stay_even_beside_a_dropped_patch() -> None:
    assert np.array_equal(looked_at_again(marked(PATCH, SCRATCH)), marked(SCRATCH))


def test_a_patch_seen_in_part_counts_in_part() -> None:
    left = np.s_[40:100, 30:48]
    found = looked_at_again(marked(PATCH), left)
    assert 0 < found[PATCH].max() < 255


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (160, 200)])
def test_a_picture_that_is_all_damage_stays_so(size: tuple[int, int]) -> None:
    damage = np.full(size, 255, np.uint8)
    assert np.array_equal(confirmed(damage, wide(damage), damage), damage)
