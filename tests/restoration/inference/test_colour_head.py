"""Colour correction is clamped, exact where it should do nothing, and neutral on monochrome pictures."""

import pytest
import torch

from restoration.inference import colour_head


def test_identity_parameters_leave_a_picture_as_it_is() -> None:
    picture = torch.rand(2, 3, 20, 30)
    corrected = colour_head.apply_colour(picture, colour_head.identity_colour(2))
    assert float((corrected - picture).abs().max()) < 0.5 / 255


def test_a_healthy_decision_is_identity_whatever_the_other_numbers_say() -> None:
    parameters = torch.randn(1, colour_head.PARAMETERS) * 3
    parameters[:, :2] = 0.1
    picture = torch.rand(1, 3, 20, 30)
    corrected = colour_head.apply_colour(picture, colour_head.decided(parameters))
    assert float((corrected - picture).abs().max()) < 0.5 / 255


def test_a_monochrome_decision_is_exactly_neutral() -> None:
    parameters = torch.randn(1, colour_head.PARAMETERS)
    parameters[:, 0], parameters[:, 1] = 4.0, 4.0
    corrected = colour_head.apply_colour(torch.rand(1, 3, 20, 30), colour_head.decided(parameters))
    levels = (corrected.clamp(0, 1) * 255).round()
    assert torch.equal(levels[:, 0], levels[:, 1])
    assert torch.equal(levels[:, 1], levels[:, 2])


@pytest.mark.parametrize("size", [-1000.0, 1000.0])
def test_extreme_parameters_stay_finite_and_bounded(size: float) -> None:
    parameters = torch.full((1, colour_head.PARAMETERS), size)
    corrected = colour_head.apply_colour(torch.rand(1, 3, 8, 8), parameters)
    assert bool(torch.isfinite(corrected).all())
    assert -0.5 <= float(corrected.min()) <= float(corrected.max()) <= 1.5


def test_the_head_reads_a_thumbnail_of_any_picture() -> None:
    head = colour_head.ColourHead()
    for shape in ((1, 3, 16, 16), (2, 3, 70, 300)):
        parameters = head(colour_head.thumbnail_of(torch.rand(*shape)))
        assert parameters.shape == (shape[0], colour_head.PARAMETERS)
        assert bool(torch.isfinite(parameters).all())


def test_a_flat_picture_gives_finite_parameters_and_gradients() -> None:
    head = colour_head.ColourHead()
    parameters = head(torch.full((1, 3, 64, 64), 0.5))
    parameters.sum().backward()
    assert all(
        bool(torch.isfinite(value.grad).all()) for value in head.parameters() if value.grad is not None
    )
