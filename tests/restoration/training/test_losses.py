"""Losses vanish where nothing is wrong and weigh damage more."""

import pytest
import torch

from restoration.inference.colour_head import identity_colour
from restoration.training import losses


def test_equal_pictures_cost_nothing() -> None:
    picture, mask = torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    assert float(losses.charbonnier(picture, picture, mask)) == pytest.approx(0.001, abs=1e-4)
    assert float(losses.gradient_error(picture, picture)) == 0
    assert float(losses.structural_error(picture, picture)) == pytest.approx(0, abs=1e-4)


def test_an_error_inside_the_mask_counts_four_times() -> None:
    wanted, mask = torch.zeros(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    mask[..., :16] = 1.0
    inside, outside = wanted.clone(), wanted.clone()
    inside[..., :16], outside[..., 16:] = 0.5, 0.5
    ratio = losses.charbonnier(inside, wanted, mask) / losses.charbonnier(outside, wanted, mask)
    assert float(ratio) == pytest.approx(4.0, rel=0.02)


def test_a_better_mask_costs_less() -> None:
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., 4:8, 4:8] = 1.0
    costs = [
        float(losses.mask_error(logits, mask))
        for logits in (20 * mask - 10, torch.zeros_like(mask), 10 - 20 * mask)
    ]
    assert costs == sorted(costs)
    assert costs[0] < 0.01


def test_right_gates_and_colours_cost_less() -> None:
    picture = torch.rand(1, 3, 64, 64)
    healthy = identity_colour()
    healthy[:, :2] = -10.0
    right = losses.colour_error(healthy, picture, picture, torch.zeros(1, 2))
    wrong = losses.colour_error(healthy, picture, picture, torch.ones(1, 2))
    assert float(right) < 0.01 < float(wrong)


def test_all_losses_give_finite_gradients_on_flat_pictures() -> None:
    found = torch.full((1, 3, 32, 32), 0.5, requires_grad=True)
    wanted = torch.full((1, 3, 32, 32), 0.5)
    cost = losses.structural_error(found, wanted) + losses.charbonnier(
        found, wanted, torch.zeros(1, 1, 32, 32)
    )
    cost.backward()
    assert found.grad is not None
    assert bool(torch.isfinite(found.grad).all())
