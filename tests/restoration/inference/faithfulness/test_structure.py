"""MS-SSIM by independent implementations, and which pixels it speaks of."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage.metrics import structural_similarity

from restoration.inference.faithfulness.structure import grain, kept
from restoration.inference.tone import LUMINANCE
from tests.restoration.inference.ageing import with_grain


def everywhere(photo: np.ndarray) -> np.ndarray:
    return np.ones(photo.shape[:2], np.bool_)


def blurred(photo: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(radius)))


CLEAN = [0.0] * 5


def likeness(before: np.ndarray, after: np.ndarray) -> float:
    found = kept(before, after, everywhere(before), CLEAN)
    assert found is not None
    return found


def test_an_equal_picture_kept_all(whole: np.ndarray) -> None:
    assert likeness(whole, whole) == pytest.approx(1, abs=1e-6)


def test_one_scale_is_ssim(whole: np.ndarray) -> None:
    """A picture too small for a second scale, held against scikit-image."""
    photo = whole[60:80, 90:150]
    other = with_grain(blurred(photo, 1), 4)
    theirs = structural_similarity(
        photo @ LUMINANCE,
        other @ LUMINANCE,
        data_range=255,
        gaussian_weights=True,
        use_sample_covariance=False,
    )
    assert likeness(photo, other) == pytest.approx(theirs, abs=1e-4)


@pytest.mark.parametrize(("radius", "published"), [(1, 0.98824), (2, 0.95216), (4, 0.86093)])
def test_five_scales_are_ms_ssim(whole: np.ndarray, radius: float, published: float) -> None:
    """Figures of pytorch-msssim 1.0 for the same pictures."""
    assert likeness(whole, blurred(whole, radius)) == pytest.approx(published, abs=5e-4)


def test_repaired_pixels_do_not_count(whole: np.ndarray, scratch: np.ndarray) -> None:
    mended = whole.copy()
    mended[scratch] = 255 - mended[scratch]
    assert likeness(whole, mended) < 0.98
    outside = kept(whole, mended, ~scratch, CLEAN)
    assert outside == pytest.approx(1, abs=1e-5)


def test_damage_outside_counts_beside_a_repair(whole: np.ndarray, scratch: np.ndarray) -> None:
    outside = kept(whole, blurred(whole, 4), ~scratch, CLEAN)
    assert outside == pytest.approx(likeness(whole, blurred(whole, 4)), abs=0.02)


@pytest.mark.parametrize("shape", [(16, 16), (17, 33), (16, 1500), (11, 11), (200, 90)])
def test_any_size(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    assert likeness(photo, photo) == pytest.approx(1, abs=1e-5)
    assert likeness(photo, photo[::-1, ::-1]) < 0.5


def test_grain_that_was_cleaned_is_no_loss_but_detail_is(whole: np.ndarray) -> None:
    grainy = with_grain(whole, 14)
    levels = grain(grainy)
    assert levels[0] == pytest.approx(14, abs=3)
    assert levels[:3] == sorted(levels[:3], reverse=True)
    cleaned, smeared, untouched = (
        kept(grainy, after, everywhere(whole), levels) for after in (whole, blurred(whole, 4), grainy)
    )
    assert cleaned is not None
    assert smeared is not None
    assert likeness(grainy, whole) < 0.9 < cleaned
    assert smeared < cleaned - 0.08
    assert untouched == pytest.approx(1, abs=1e-6)


def test_no_window_fits_or_nothing_is_left(whole: np.ndarray) -> None:
    narrow = whole[:10]
    assert kept(narrow, narrow, everywhere(narrow), CLEAN) is None
    assert kept(whole, whole, ~everywhere(whole), CLEAN) is None
