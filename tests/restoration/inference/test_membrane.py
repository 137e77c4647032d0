"""Holes are closed from their surroundings; what is whole is not touched."""

import pytest
import torch

from restoration.inference.membrane import fill_from_surroundings


@pytest.mark.parametrize("side", [4, 12, 40, 60])
def test_a_hole_in_a_flat_picture_takes_its_colour(side: int) -> None:
    picture = torch.tensor([0.2, 0.5, 0.7]).view(1, 3, 1, 1).expand(1, 3, 128, 128).clone()
    expected = picture.clone()
    damage = torch.zeros(1, 1, 128, 128)
    damage[..., 40 : 40 + side, 30 : 30 + side] = 1.0
    picture[..., 40 : 40 + side, 30 : 30 + side] = 1.0
    assert float((fill_from_surroundings(picture, damage) - expected).abs().max()) < 0.02


def test_a_hole_in_a_ramp_is_closed_by_a_ramp() -> None:
    ramp = torch.linspace(0.1, 0.9, 128).view(1, 1, 1, 128).expand(1, 3, 128, 128).clone()
    damage = torch.zeros(1, 1, 128, 128)
    damage[..., 50:80, 50:80] = 1.0
    filled = fill_from_surroundings(torch.where(damage > 0, 1.0, ramp), damage)
    assert float((filled - ramp).abs().max()) < 0.1
    middle = filled[0, 0, 65, 50:80]
    assert float(middle[-5:].mean()) > float(middle[:5].mean())


def test_what_is_not_damaged_stays_bit_for_bit() -> None:
    picture = torch.rand(1, 3, 64, 64)
    damage = torch.zeros(1, 1, 64, 64)
    damage[..., 10:20, 10:20] = 1.0
    filled = fill_from_surroundings(picture, damage)
    whole = damage.expand_as(picture) == 0
    assert torch.equal(filled[whole], picture[whole])


def test_a_picture_that_is_all_damage_stays_finite() -> None:
    filled = fill_from_surroundings(torch.rand(1, 3, 64, 64), torch.ones(1, 1, 64, 64))
    assert bool(torch.isfinite(filled).all())
