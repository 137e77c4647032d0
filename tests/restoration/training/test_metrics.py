"""Figures agree with scikit-image and with their definitions."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from restoration.training import metrics


@pytest.fixture
def noisy(photograph: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 14, photograph.shape)
    return np.clip(photograph + noise, 0, 255).astype(np.uint8)


def test_psnr_and_ssim_agree_with_scikit_image(photograph: np.ndarray, noisy: np.ndarray) -> None:
    assert metrics.psnr(noisy, photograph) == pytest.approx(
        peak_signal_noise_ratio(photograph, noisy), abs=1e-6
    )
    expected = structural_similarity(
        photograph, noisy, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert metrics.ssim(noisy, photograph) == pytest.approx(expected, abs=1e-6)


def test_affine_psnr_forgives_gain_and_offset_and_nothing_else(
    photograph: np.ndarray, noisy: np.ndarray
) -> None:
    faded = np.round(photograph * np.array([0.5, 0.6, 0.4]) + 60).astype(np.uint8)
    assert metrics.psnr(faded, photograph) < 22
    assert metrics.psnr_affine(faded, photograph) > 45
    gained = metrics.psnr_affine(noisy, photograph) - metrics.psnr(noisy, photograph)
    assert 0 <= gained < 1.5


def test_inside_the_mask_only_masked_pixels_count(photograph: np.ndarray) -> None:
    mask = np.zeros(photograph.shape[:2], bool)
    mask[:20] = True
    broken = photograph.copy()
    broken[50:] = 0
    assert metrics.psnr_inside(broken, photograph, mask) == 99.0
    assert np.isnan(metrics.psnr_inside(broken, photograph, np.zeros_like(mask)))


def test_overlap_is_intersection_over_union() -> None:
    wanted = np.zeros((10, 10), bool)
    wanted[:, :4] = True
    found = np.zeros((10, 10), bool)
    found[:, 2:6] = True
    assert metrics.overlap(found, wanted) == pytest.approx(20 / 60)
