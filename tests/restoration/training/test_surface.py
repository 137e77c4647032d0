"""Every kind of damage covers something, not everything, and stays inside its ranges."""

from collections.abc import Callable

import numpy as np
import pytest

from restoration.training import surface

KINDS: dict[str, Callable[[np.random.Generator], surface.Wound]] = {
    "scratches": lambda rng: surface.scratches(rng, 96, 128, 6),
    "dust": lambda rng: surface.dust(rng, 96, 128, 40),
    "hair": lambda rng: surface.hair(rng, 96, 128, 5),
    "cracks": lambda rng: surface.cracks(rng, 96, 128, 3),
    "fold": lambda rng: surface.fold(rng, 96, 128),
    "tear": lambda rng: surface.tear(rng, 96, 128),
    "lost patches": lambda rng: surface.lost_patches(rng, 96, 128, 4),
    "mould": lambda rng: surface.mould(rng, 96, 128),
}


@pytest.mark.parametrize("kind", KINDS)
def test_damage_covers_a_part_of_the_picture(kind: str) -> None:
    shares = []
    for seed in range(12):
        wound = KINDS[kind](np.random.default_rng(seed))
        assert wound.coverage.shape == (96, 128)
        assert 0 <= wound.coverage.min() <= wound.coverage.max() <= 1
        assert np.broadcast_shapes(wound.colour.shape, (96, 128, 3)) == (96, 128, 3)
        assert 0 <= wound.colour.min() <= wound.colour.max() <= 1
        shares.append(float((wound.coverage > 0.3).mean()))
    assert max(shares) > 0.002
    assert np.median(shares) < 0.6


def test_only_a_fold_changes_the_brightness_beside_it() -> None:
    for kind, draw in KINDS.items():
        step = draw(np.random.default_rng(1)).step
        assert (step is not None) == (kind == "fold")
        if step is not None:
            assert np.abs(step).max() <= 0.25


def test_a_rim_lies_at_the_edge_and_nowhere_else() -> None:
    print_ = np.full((64, 64, 3), 0.5, np.float32)
    coverage = np.zeros((64, 64), np.float32)
    coverage[24:40, 24:40] = 1
    for seed in range(12):
        change = np.abs(surface.rimmed(np.random.default_rng(seed), print_, coverage) - print_).max(axis=2)
        edge = np.zeros((64, 64), np.bool_)
        edge[16:48, 16:48] = True
        assert change[~edge].max() < 0.02
        assert change[edge & (coverage == 0)].max() > 0.02
