"""CIEDE2000 by its published figures, and what counts as drift of a photo's colours."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from restoration.inference.faithfulness.drift import difference, drift, lab
from tests.restoration.inference.ageing import with_grain

# Sharma, Wu, Dalal: The CIEDE2000 color-difference formula (2005), table 1: L a b, L a b, difference.
PUBLISHED = """
50 2.6772 -79.7751 50 0 -82.7485 2.0425
50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412
50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000
50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669
50 -1 2 50 0 0 2.3669
50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492
50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030
50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000
50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000
50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""
TABLE = np.array(PUBLISHED.split(), float).reshape(-1, 7)


def everywhere(photo: np.ndarray) -> np.ndarray:
    return np.ones(photo.shape[:2], np.bool_)


def test_the_published_pairs() -> None:
    found = difference(TABLE[:, :3], TABLE[:, 3:6])
    assert found == pytest.approx(TABLE[:, 6], abs=5e-5)
    assert difference(TABLE[:, 3:6], TABLE[:, :3]) == pytest.approx(found)


def test_another_implementation_finds_the_same() -> None:
    one, other = np.random.default_rng(1).integers(0, 256, (2, 2000, 3), np.uint8)
    theirs = deltaE_ciede2000(rgb2lab(one), rgb2lab(other))
    assert difference(rgb2lab(one), rgb2lab(other)) == pytest.approx(theirs, abs=1e-6)
    # Its matrix of sRGB has one digit less.
    assert difference(lab(one), lab(other)) == pytest.approx(theirs, abs=0.02)


def test_an_equal_picture_has_not_drifted(whole: np.ndarray) -> None:
    found = drift(whole, whole, everywhere(whole))
    assert found is not None
    assert (found.mean, found.p95, found.squares) == (0, 0, 24 * 36)


def test_a_tenth_more_red_is_seen(whole: np.ndarray) -> None:
    shifted = whole.astype(float) * [1.1, 1, 1]
    found = drift(whole, np.clip(np.rint(shifted), 0, 255).astype(np.uint8), everywhere(whole))
    assert found is not None
    assert found.mean > 2
    assert found.p95 > found.mean


def test_one_colour_that_turned_shows_in_the_tail_alone(whole: np.ndarray) -> None:
    turned = whole.copy()
    turned[:48, :64] = turned[:48, :64, ::-1]
    found = drift(whole, turned, everywhere(whole))
    assert found is not None
    assert found.p95 > 5 * found.mean / 2


def test_grain_is_no_drift(whole: np.ndarray) -> None:
    found = drift(with_grain(whole, 10), whole, everywhere(whole))
    assert found is not None
    assert found.mean < 1


def test_repaired_pixels_do_not_count(whole: np.ndarray, scratch: np.ndarray) -> None:
    mended = whole.copy()
    mended[scratch] = 255 - mended[scratch]
    inside = drift(whole, mended, everywhere(whole))
    outside = drift(whole, mended, ~scratch)
    assert inside is not None
    assert outside is not None
    assert inside.mean > 0.3
    assert outside.p95 == 0


def test_nothing_is_left_to_compare(whole: np.ndarray) -> None:
    assert drift(whole, whole, ~everywhere(whole)) is None


@pytest.mark.parametrize("shape", [(16, 16), (17, 33), (16, 1500)])
def test_any_size(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(2).integers(0, 200, (*shape, 3), np.uint8)
    found = drift(photo, photo + np.uint8(5), everywhere(photo))
    assert found is not None
    assert 0.5 < found.mean < 5
