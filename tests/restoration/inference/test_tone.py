"""Fading and cast: corrected where found, left alone where not; monochrome stays free of colour."""

import numpy as np
import pytest

from restoration.inference import tone
from tests.restoration.inference.ageing import faded, grey, psnr


def corrected(photo: np.ndarray, color: str = "auto") -> np.ndarray:
    plan = tone.plan(photo, tone.examine(photo), color)
    return photo if plan is None else plan.apply(photo.transpose(2, 0, 1).astype(np.float32))


def test_healthy_colours_are_left_alone(whole: np.ndarray) -> None:
    assert tone.plan(whole, tone.examine(whole), "auto") is None


def test_a_faded_and_yellowed_photo_comes_closer_to_the_truth(whole: np.ndarray) -> None:
    aged = faded(whole)
    findings = tone.examine(aged)
    assert findings.fading > 0.5
    assert findings.cast > 25
    assert psnr(corrected(aged), whole) > psnr(aged, whole) + 3


def test_switched_off_nothing_is_corrected(whole: np.ndarray) -> None:
    assert np.array_equal(corrected(faded(whole), "off"), faded(whole))


@pytest.mark.parametrize("color", ["off", "auto", "neutral"])
def test_monochrome_stays_neutral(whole: np.ndarray, color: str) -> None:
    result = corrected(grey(whole), color)
    assert np.ptp(result, axis=2).max() == 0


def test_a_healthy_grey_photo_keeps_its_tones(whole: np.ndarray) -> None:
    assert psnr(corrected(grey(whole)), grey(whole)) >= 38


def test_a_yellowed_print_becomes_neutral_and_closer_to_the_truth(whole: np.ndarray) -> None:
    aged = faded(grey(whole))
    assert tone.examine(aged).monochrome
    result = corrected(aged)
    assert np.ptp(result, axis=2).max() == 0
    assert psnr(result, grey(whole)) > psnr(aged, grey(whole)) + 5


def sepia(photo: np.ndarray) -> np.ndarray:
    """A toned print: white paper, black blacks, brown between."""
    share = grey(photo) / 255.0
    return np.rint(255 * share ** np.array([0.75, 1.0, 1.45])).astype(np.uint8)


def test_a_tone_that_was_meant_is_kept_unless_neutral_is_asked_for(whole: np.ndarray) -> None:
    print_ = sepia(whole)
    findings = tone.examine(print_)
    assert findings.monochrome
    assert findings.sepia
    warmth = corrected(print_).astype(int)
    assert np.median(warmth[..., 0] - warmth[..., 2]) > 12
    assert np.ptp(corrected(print_, "neutral"), axis=2).max() == 0


def test_a_blue_sky_is_no_faded_print(whole: np.ndarray) -> None:
    sky = np.rint(np.array([60.0, 110.0, 180.0]) + grey(whole) * np.array([0.5, 0.4, 0.25])).astype(np.uint8)
    result = corrected(sky).astype(int)
    assert np.median(result[..., 2] - result[..., 0]) > 40


@pytest.mark.parametrize("colour", [(90, 80, 70), (0, 0, 0), (255, 255, 255), (30, 90, 200)])
def test_a_plain_surface_stays_as_it_is(colour: tuple[int, int, int]) -> None:
    plain = np.full((16, 16, 3), colour, np.uint8)
    assert np.array_equal(corrected(plain), plain)
