"""Figures of a repair. Pictures are (H, W, 3) uint8, masks (H, W) bool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def psnr(found: NDArray[np.generic], wanted: NDArray[np.generic]) -> float:
    """Peak signal to noise in dB at 255; equal pictures give 99."""
    error = float(np.mean((found.astype(np.float64) - wanted.astype(np.float64)) ** 2))
    return 99.0 if error == 0 else float(10 * np.log10(255.0**2 / error))


def psnr_inside(found: Picture, wanted: Picture, mask: NDArray[np.bool_]) -> float:
    """PSNR of the masked pixels; nan without any."""
    return psnr(found[mask], wanted[mask]) if mask.any() else float("nan")


def psnr_affine(found: Picture, wanted: Picture) -> float:
    """PSNR after the best gain and offset of each channel: structure without the guess at colour."""
    errors = []
    for channel in range(3):
        x = found[..., channel].astype(np.float64).ravel()
        y = wanted[..., channel].astype(np.float64).ravel()
        spread = x.var()
        gain = float(((x - x.mean()) * (y - y.mean())).mean() / spread) if spread > 1e-9 else 0.0
        errors.append(float(np.mean((gain * (x - x.mean()) + y.mean() - y) ** 2)))
    error = float(np.mean(errors))
    return 99.0 if error < 1e-6 else float(10 * np.log10(255.0**2 / error))


def ssim(found: Picture, wanted: Picture, sigma: float = 1.5) -> float:
    """Mean structural similarity over Gaussian windows of 11 px that lie inside, and over channels."""
    taps = np.exp(-0.5 * (np.arange(-5, 6) / sigma) ** 2)
    taps /= taps.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    total = 0.0
    for channel in range(3):
        x, y = found[..., channel].astype(np.float64), wanted[..., channel].astype(np.float64)
        mean_x, mean_y = _window_means(x, taps), _window_means(y, taps)
        spread_x = _window_means(x * x, taps) - mean_x**2
        spread_y = _window_means(y * y, taps) - mean_y**2
        together = _window_means(x * y, taps) - mean_x * mean_y
        numerator = (2 * mean_x * mean_y + c1) * (2 * together + c2)
        total += float((numerator / ((mean_x**2 + mean_y**2 + c1) * (spread_x + spread_y + c2))).mean())
    return total / 3


def _window_means(values: NDArray[np.float64], taps: NDArray[np.float64]) -> NDArray[np.float64]:
    room = len(taps) - 1
    rows = sum(tap * values[index : values.shape[0] - room + index] for index, tap in enumerate(taps))
    rows = np.asarray(rows)
    means = sum(tap * rows[:, index : rows.shape[1] - room + index] for index, tap in enumerate(taps))
    return np.asarray(means)


def overlap(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks; two empty masks give nan."""
    union = float((found | wanted).sum())
    return float((found & wanted).sum()) / union if union else float("nan")
