"""Deep holes are closed coarse to fine; everything else goes through once, as before."""

import numpy as np
import pytest

from restoration.inference import holes
from restoration.inference.stages import Advance

PICTURE = np.full((120, 160, 3), 90, np.uint8)
NO_ADVANCE: Advance = lambda _: None  # noqa: E731


def damaged(*parts: tuple[slice, slice]) -> np.ndarray:
    damage = np.zeros(PICTURE.shape[:2], np.uint8)
    for part in parts:
        damage[part] = 255
    return damage


SCRATCH, HOLE = np.s_[5:115, 20:26], np.s_[30:100, 60:130]


class Renders:
    """Stands for the network: writes down the planes that it gets, and returns the picture's."""

    def __init__(self) -> None:
        self.planes: list[np.ndarray] = []

    def __call__(self, planes: np.ndarray, advance: Advance) -> np.ndarray:
        advance(1.0)
        self.planes.append(planes)
        return np.ascontiguousarray(planes[..., :3])


def test_only_holes_that_are_deep_count_as_such() -> None:
    where = holes.deep(damaged(SCRATCH, HOLE))
    assert not where[SCRATCH].any()
    assert (where[50:80, 80:110] == 255).all()
    assert not where[damaged(HOLE) == 0].any()
    assert where[30, 90] < where[34, 90] < where[40, 90]


def test_without_a_deep_hole_the_picture_goes_through_once() -> None:
    render = Renders()
    holes.mend(render, PICTURE, damaged(SCRATCH), NO_ADVANCE)
    assert [planes.shape for planes in render.planes] == [(120, 160, 4)]


def test_a_deep_hole_is_drawn_small_first_and_that_is_the_guess() -> None:
    render = Renders()
    picture = PICTURE.copy()
    picture[HOLE] = 255
    holes.mend(render, picture, damaged(HOLE), NO_ADVANCE)
    shapes = [planes.shape for planes in render.planes]
    assert shapes == [(60, 80, 4), (120, 160, 8)]
    last = render.planes[-1]
    assert np.array_equal(last[..., :3], picture)
    assert np.array_equal(last[..., 7], holes.deep(damaged(HOLE)))
    assert (last[60:70, 90:100, 4:7] == 255).all()


def test_halving_leaves_the_damage_out_of_its_neighbours() -> None:
    picture = PICTURE.copy()
    odd = np.s_[31:100, 61:130]
    picture[odd] = 255
    small, lost = holes.halved(picture, damaged(odd))
    assert (small[lost == 0] == 90).all()
    assert lost[20:45, 35:60].all()
    assert not lost[:15].any()


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (33, 47)])
def test_a_picture_that_is_all_damage_ends(size: tuple[int, int]) -> None:
    picture, damage = np.full((*size, 3), 200, np.uint8), np.full(size, 255, np.uint8)
    mended = holes.mend(Renders(), picture, damage, NO_ADVANCE)
    assert np.array_equal(mended, picture)


def test_the_share_done_never_falls_and_ends_at_one() -> None:
    shares: list[float] = []
    holes.mend(Renders(), PICTURE, damaged(HOLE), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
