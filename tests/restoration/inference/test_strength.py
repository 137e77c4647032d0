"""Modes: each gentler rung changes less."""

from itertools import pairwise

import pytest

from restoration.inference.options import CHOICES
from restoration.inference.strength import LADDER, ladder


def test_each_rung_is_gentler_than_the_one_before() -> None:
    for stronger, gentler in pairwise(LADDER):
        assert gentler.damage > stronger.damage
        assert (gentler.denoise, gentler.enhance) <= (stronger.denoise, stronger.enhance)


@pytest.mark.parametrize("mode", CHOICES["mode"])
def test_a_mode_falls_back_to_all_gentler_ones_and_never_to_a_stronger(mode: str) -> None:
    rungs = ladder(mode)
    assert rungs[0].name == mode
    assert rungs[-1] == LADDER[-1]
    assert LADDER[-len(rungs) :] == rungs
