"""How much structure was kept where nothing was repaired: multi-scale structural similarity."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from restoration.inference import noise
from restoration.inference.tone import LUMINANCE

# As published by Wang, Simoncelli and Bovik (2003): five scales, an 11-pixel Gaussian window, and their weights.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SIGMA = 11, 1.5
_BELL = np.exp(-0.5 * ((np.arange(WINDOW) - WINDOW // 2) / SIGMA) ** 2)
TAPS = tuple((_BELL / _BELL.sum()).tolist())
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
# A window counts by the share of it that was not repaired, from this share on: a few pixels have no structure.
LEAST_COVERED = 0.25
# Rows at a time: few enough for the processor's cache.
STRIP = 64
# Grain is read where the picture is quiet, at this quantile of its blocks. At coarser scales there are too few
# blocks to tell grain from texture, and it is taken to fall by half from scale to scale.
QUIET, GRAIN_SCALES = 0.15, 3


def grain(picture: np.ndarray) -> list[float]:
    """Grain of `picture` (h x w x 3 uint8) at each scale, in levels of 255, for `kept`."""
    plane = _luminance(picture)
    found: list[float] = []
    for scale in range(_scales(picture.shape[:2])):
        blocks = noise.block_noise(plane.numpy()) if scale < GRAIN_SCALES else np.zeros(0)
        found.append(float(np.quantile(blocks, QUIET)) if blocks.size else found[-1] / 2 if found else 0.0)
        plane = _half(plane)
    return found


def kept(before: np.ndarray, after: np.ndarray, outside: np.ndarray, grain: Sequence[float]) -> float | None:
    """
    MS-SSIM of luminance from `before` to `after` (h x w x 3 uint8 RGB), 1 for equal pictures, 0 for strangers.

    `grain` of `before` is no structure: its variance is taken off, so that cleaning it away costs nothing.
    Repaired pixels, where `outside` (h x w bool) is false, take part in no window's statistics. Pictures with
    a side below 176 pixels have fewer scales, whose weights then make up the whole. None for a side below 11,
    and when everything was repaired.
    """
    if min(outside.shape) < WINDOW:
        return None
    one, other = (_luminance(picture) for picture in (before, after))
    mask = torch.from_numpy(outside.astype(np.float32))
    scales = _scales(outside.shape)
    total = 1.0
    with torch.inference_mode():
        for scale in range(scales):
            likeness = _similarity(one, other, mask, grain[scale] ** 2, whole=scale == scales - 1)
            if likeness is None:
                return None
            total *= max(0.0, likeness) ** (WEIGHTS[scale] / sum(WEIGHTS[:scales]))
            if scale < scales - 1:
                one, other, mask = _half(one, mask), _half(other, mask), _half(mask)
    return total


def _luminance(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(picture @ LUMINANCE)


def _scales(size: tuple[int, int]) -> int:
    return next((n for n in range(1, len(WEIGHTS)) if min(size) >> n < WINDOW), len(WEIGHTS))


def _half(plane: Tensor, mask: Tensor | None = None) -> Tensor:
    """Every two by two pixels averaged, of which the masked ones do not count."""
    if mask is None:
        return functional.avg_pool2d(plane[None], 2)[0]
    return functional.avg_pool2d((plane * mask)[None], 2)[0] / _half(mask).clamp_min(1e-6)


def _similarity(one: Tensor, other: Tensor, mask: Tensor, grain: float, *, whole: bool) -> float | None:
    """Mean over the windows. `grain`: its variance; `whole`: with brightness, for the coarsest scale only."""
    total = weights = 0.0
    for first in range(0, mask.shape[0] - WINDOW + 1, STRIP):
        strip = slice(first, first + STRIP + WINDOW - 1)
        likeness, weight = _windows(one[strip], other[strip], mask[strip], grain, whole=whole)
        total += float((likeness * weight).sum(dtype=torch.float64))
        weights += float(weight.sum(dtype=torch.float64))
    return total / weights if weights else None


def _windows(one: Tensor, other: Tensor, mask: Tensor, grain: float, *, whole: bool) -> tuple[Tensor, Tensor]:
    """Likeness and weight of every window."""
    first, second = one * mask, other * mask
    planes = torch.stack([mask, first, second, first * one, second * other, first * other])
    for axis in (1, 2):
        length = planes.shape[axis] - WINDOW + 1
        # Sums of shifted planes: a convolution of one channel would pad it to sixteen.
        sums = planes.narrow(axis, 0, length) * TAPS[0]
        for place in range(1, WINDOW):
            sums.add_(planes.narrow(axis, place, length), alpha=TAPS[place])
        planes = sums
    covered = planes[0]
    mean1, mean2, square1, square2, product = planes[1:] / covered.clamp_min(1e-6)
    together = product - mean1 * mean2
    spread = (square1 - mean1**2 - grain).clamp_min_(0) + (square2 - mean2**2).clamp_min_(0)
    # Grain that stayed is in both pictures and would count for more than all.
    likeness = ((2 * together + C2) / (spread + C2)).clamp_max_(1)
    if whole:
        likeness *= (2 * mean1 * mean2 + C1) / (mean1**2 + mean2**2 + C1)
    return likeness, torch.where(covered >= LEAST_COVERED, covered, 0.0)
