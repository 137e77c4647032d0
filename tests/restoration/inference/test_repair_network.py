"""The repair network's promises that hold whatever its weights are."""

import pytest
import torch

from restoration.inference.colour_head import identity_colour
from restoration.inference.repair_network import RepairNetwork, parameter_count


@pytest.fixture(scope="module")
def network() -> RepairNetwork:
    torch.manual_seed(0)
    return RepairNetwork().eval()


def test_it_has_two_to_seven_million_parameters(network: RepairNetwork) -> None:
    assert 2_000_000 <= parameter_count(network) <= 7_000_000


@pytest.mark.parametrize(("height", "width"), [(16, 16), (33, 70), (64, 96)])
def test_any_size_comes_out_at_its_size(network: RepairNetwork, height: int, width: int) -> None:
    with torch.inference_mode():
        repair = network(torch.rand(1, 3, height, width), identity_colour())
    assert repair.picture.shape == repair.corrected.shape == (1, 3, height, width)
    assert repair.damage_logits.shape == (1, 1, height, width)


def test_a_mask_that_is_given_decides_what_is_filled(network: RepairNetwork) -> None:
    picture = torch.full((1, 3, 64, 64), 0.4)
    picture[..., 20:30, 20:30] = 1.0
    mask = torch.zeros(1, 1, 64, 64)
    with torch.inference_mode():
        kept = network(picture, identity_colour(), mask)
        mask[..., 20:30, 20:30] = 1.0
        filled = network(picture, identity_colour(), mask)
    assert torch.allclose(kept.filled, kept.corrected)
    assert float(filled.filled[..., 25, 25].max()) == pytest.approx(0.4, abs=0.01)


def test_a_tile_gets_the_colours_of_the_whole_picture(network: RepairNetwork) -> None:
    picture = torch.rand(1, 3, 128, 128)
    colour = network.colour_parameters(torch.rand(1, 3, 64, 64)).detach()
    with torch.inference_mode():
        whole = network(picture, colour).corrected
        tile = network(picture[..., 64:], colour).corrected
    assert torch.allclose(whole[..., 64:], tile, atol=1e-6)


def test_a_tile_far_from_its_border_equals_the_whole(network: RepairNetwork) -> None:
    torch.manual_seed(1)
    picture = torch.rand(1, 3, 64, 512)
    with torch.inference_mode():
        whole = network(picture, identity_colour()).picture
        tile = network(picture[..., :384], identity_colour()).picture
    assert float((whole[..., :128] - tile[..., :128]).abs().max()) < 1 / 255
