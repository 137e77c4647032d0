"""On a photo without age damage is believed only where every look shows it; an old photo is not doubted."""

import numpy as np
import pytest

from restoration.inference import finding
from restoration.inference.stages import Advance

PICTURE = np.zeros((160, 200, 3), np.uint8)
SCRATCH, GLINT = np.s_[5:55, 110:113], np.s_[60:63, 20:50]
PICTURE[SCRATCH] = 255
PICTURE[GLINT] = 128


def keen(picture: np.ndarray, advance: Advance) -> np.ndarray:
    """Sees the scratch always, and the glint neither turned nor smaller; a mirror changes nothing."""
    advance(1.0)
    seen = np.where(picture[..., 0] > 200, 255, 0)
    if picture.shape == PICTURE.shape and (picture[61, :, 0] == 128).any():
        seen[picture[..., 0] == 128] = 255
    return seen.astype(np.uint8)


def test_without_age_only_what_every_look_shows_is_believed() -> None:
    damage, aged = finding.find(keen, PICTURE, 0.0, lambda _: None)
    assert (damage[SCRATCH] == 255).all()
    assert not damage[GLINT].any()
    assert aged == 0


def test_what_a_mirror_does_not_show_counts_half() -> None:
    def fickle(picture: np.ndarray, advance: Advance) -> np.ndarray:
        return np.where((picture[..., 0] == 128) & (picture[61, 30, 0] == 128), 255, 0).astype(np.uint8)

    damage, _ = finding.find(fickle, PICTURE, 1.0, lambda _: None)
    assert (damage[GLINT] == 128).all()


def test_with_every_sign_of_age_nothing_is_doubted() -> None:
    looked = 0

    def count(picture: np.ndarray, advance: Advance) -> np.ndarray:
        nonlocal looked
        looked += 1
        return keen(picture, advance)

    damage, _ = finding.find(count, PICTURE, 1.0, lambda _: None)
    assert (damage[GLINT] == 255).all()
    assert looked == 2


def test_the_more_signs_of_age_the_less_is_doubted() -> None:
    means = [finding.find(keen, PICTURE, age, lambda _: None)[0][GLINT].mean() for age in (0.9, 0.95, 1.0)]
    assert 0 < means[0] < means[1] < means[2]


def test_much_damage_is_a_sign_of_age() -> None:
    torn = PICTURE.copy()
    torn[100:] = 255
    damage, aged = finding.find(keen, torn, 0.0, lambda _: None)
    assert aged == 1
    assert (damage[GLINT] == 255).all()


def test_nothing_found_needs_no_further_look() -> None:
    def blind(picture: np.ndarray, advance: Advance) -> np.ndarray:
        calls.append(picture.shape)
        return np.zeros(picture.shape[:2], np.uint8)

    calls: list[tuple[int, ...]] = []
    damage, aged = finding.find(blind, PICTURE, 0.0, lambda _: None)
    assert not damage.any()
    assert aged == 0
    assert len(calls) == 2


@pytest.mark.parametrize("age", [0.0, 1.0])
def test_the_share_done_grows_from_look_to_look_to_one(age: float) -> None:
    shares: list[float] = []
    finding.find(keen, PICTURE, age, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    assert shares[-1] == pytest.approx(1.0 if age == 0 else 2 / finding.looks(1.0))


@pytest.mark.parametrize("size", [(1, 1), (3, 40)])
def test_a_tiny_picture_is_looked_at_like_any_other(size: tuple[int, int]) -> None:
    picture = np.zeros((*size, 3), np.uint8)
    damage, _ = finding.find(lambda part, _: np.zeros(part.shape[:2], np.uint8), picture, 0.0, lambda _: None)
    assert damage.shape == size
