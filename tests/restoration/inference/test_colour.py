"""Which correction a picture gets."""

import numpy as np
import pytest
import torch

from restoration.inference import colour, tone
from restoration.inference.colour import LearnedCorrection
from restoration.inference.colour_head import ColourHead, identity_colour
from restoration.inference.repair_weights import load_repair_network
from tests.restoration.inference.ageing import faded, grey


@pytest.fixture(scope="module")
def head() -> ColourHead:
    return load_repair_network().colour_head


def plan(picture: np.ndarray, head: ColourHead, color: str = "auto") -> colour.Correction | None:
    with torch.inference_mode():
        return colour.plan(picture, tone.examine(picture), color, head)


def test_healthy_colours_are_left_alone(whole: np.ndarray, head: ColourHead) -> None:
    assert plan(whole, head) is None


def test_nothing_is_corrected_when_switched_off(whole: np.ndarray, head: ColourHead) -> None:
    assert plan(faded(whole), head, "off") is None


def test_a_faded_photo_comes_closer_to_the_truth(whole: np.ndarray, head: ColourHead) -> None:
    aged = faded(whole)
    correction = plan(aged, head)
    assert correction is not None
    result = correction.apply(aged.transpose(2, 0, 1).astype(np.float32))
    assert np.abs(result.astype(int) - whole).mean() < 0.7 * np.abs(aged.astype(int) - whole).mean()


def test_the_head_is_believed_only_when_it_is_sure(
    whole: np.ndarray, head: ColourHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colour, "SURE", 0.0)
    assert isinstance(plan(whole, head), LearnedCorrection)


def test_a_monochrome_photo_stays_neutral(whole: np.ndarray, head: ColourHead) -> None:
    aged = grey(faded(whole))
    correction = plan(aged, head)
    assert correction is not None
    assert not isinstance(correction, LearnedCorrection)
    assert np.ptp(correction.apply(aged.transpose(2, 0, 1).astype(np.float32)), axis=2).max() == 0


def test_the_learned_correction_that_changes_nothing(healthy: np.ndarray) -> None:
    same = LearnedCorrection(identity_colour())
    assert np.array_equal(same.apply(healthy.transpose(2, 0, 1).astype(np.float32)), healthy)


def test_parts_are_corrected_like_the_whole(healthy: np.ndarray, head: ColourHead) -> None:
    """The colour of the whole picture is decided once: no strip can drift by itself."""
    parameters = head(torch.rand(1, 3, 64, 64, generator=torch.manual_seed(3)) * 0.3 + 0.3).detach()
    correction = LearnedCorrection(parameters)
    planes = healthy.transpose(2, 0, 1).astype(np.float32)
    strips = [correction.apply(planes[:, first : first + 40]) for first in range(0, planes.shape[1], 40)]
    assert np.array_equal(np.concatenate(strips), correction.apply(planes))
