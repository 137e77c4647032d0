"""What was repaired shows in the figures and in the picture, however thin."""

import numpy as np
from PIL import Image

from restoration.inference.faithfulness import change_map
from restoration.inference.faithfulness.changes import shares
from tests.restoration.inference.faithfulness.conftest import Make


def colourful(picture: Image.Image) -> np.ndarray:
    """h x w bool: pixels that are not grey."""
    return np.ptp(np.asarray(picture), axis=2) > 0


def test_a_scratch_that_was_repaired_is_amber_and_all_else_grey(
    whole: np.ndarray, scratch: np.ndarray, evidence: Make
) -> None:
    shown = change_map(evidence(whole, repaired=scratch * np.uint8(255)))
    assert shown.size == (288, 192)
    assert np.array_equal(colourful(shown), scratch)
    red, green, blue = np.asarray(shown)[scratch].mean(axis=0)
    assert red > green > blue


def test_what_was_invented_is_stronger_and_of_another_colour(
    whole: np.ndarray, scratch: np.ndarray, evidence: Make
) -> None:
    mended = np.asarray(change_map(evidence(whole, repaired=scratch * np.uint8(255))))[scratch]
    made_up = np.asarray(change_map(evidence(whole, repaired=scratch * np.uint8(255), invented=scratch)))[
        scratch
    ]
    assert np.ptp(made_up.mean(axis=0)) > np.ptp(mended.mean(axis=0)) / 2
    assert made_up[:, 1].mean() < made_up[:, 2].mean() < made_up[:, 0].mean()


def test_half_a_repair_is_fainter(whole: np.ndarray, scratch: np.ndarray, evidence: Make) -> None:
    full, half = (
        np.ptp(
            np.asarray(change_map(evidence(whole, repaired=scratch * np.uint8(level))))[scratch], axis=1
        ).mean()
        for level in (255, 128)
    )
    assert 0.3 * full < half < 0.7 * full


def test_a_trace_of_a_repair_is_none(whole: np.ndarray, scratch: np.ndarray, evidence: Make) -> None:
    faint = scratch * np.uint8(20)
    assert not colourful(change_map(evidence(whole, repaired=faint))).any()
    assert shares(faint, np.zeros_like(scratch)) == (0, 0)


def test_a_repair_of_one_pixel_shows_at_a_tenth_of_the_size(whole: np.ndarray, evidence: Make) -> None:
    large = np.asarray(Image.fromarray(whole).resize((2880, 1920)))
    repaired = np.zeros(large.shape[:2], np.uint8)
    repaired[777, 1234] = 255
    shown = change_map(evidence(large, repaired=repaired), longest=288)
    assert shown.size == (288, 192)
    assert np.argwhere(colourful(shown)).tolist() == [[77, 123]]


def test_shares_count_pixels_and_the_repaired_include_the_invented() -> None:
    repaired, invented = np.zeros((1100, 1000), np.uint8), np.zeros((1100, 1000), np.bool_)
    repaired[:110], invented[1089:] = 255, True
    assert shares(repaired, invented) == (0.11, 0.01)
