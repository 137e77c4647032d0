"""Cleaning counts as far as the photo shows age, unless it was asked for."""

import numpy as np
import pytest
import torch
from PIL import Image

from restoration.inference.analysis import analyse
from restoration.inference.colour_head import ColourHead
from restoration.inference.guide import Guide
from restoration.inference.options import Options
from restoration.inference.stages import Finishing, Work
from restoration.inference.strength import ladder


@pytest.fixture(scope="module")
def head() -> ColourHead:
    torch.manual_seed(0)
    return ColourHead().eval()


def finished(photo: np.ndarray, head: ColourHead, options: Options, age: float) -> tuple[np.ndarray, float]:
    """The photo joined with a rendering that is 20 levels darker, and the share of it that was taken."""
    with torch.inference_mode():
        work = Work(photo, options, analyse(photo, options, head), ladder("standard")[0])
    work.age = age
    darker = Image.fromarray(np.clip(photo.astype(int) - 20, 0, 255).astype(np.uint8))
    work.guide = Guide(darker, luma_noise=30.0, chroma_noise=30.0)
    Finishing().run(work, lambda _: None)
    return np.asarray(work.picture), work.report["finishing"]["cleaning_taken"]


def test_half_a_sign_of_age_takes_half_of_the_cleaning(healthy: np.ndarray, head: ColourHead) -> None:
    options = Options(color="off")
    changes = []
    for age in (0.0, 0.5, 1.0):
        picture, taken = finished(healthy, head, options, age)
        assert taken == age
        changes.append(float(np.abs(picture.astype(int) - healthy).mean()))
    assert changes[0] == 0
    assert changes[2] > 5
    assert changes[1] == pytest.approx(changes[2] / 2, rel=0.1)


def test_asked_for_it_is_taken_wholly(healthy: np.ndarray, head: ColourHead) -> None:
    assert finished(healthy, head, Options(color="off", enhance="on"), 0.0)[1] == 1
