"""How strong grain and compression marks are, read where the picture itself is quiet."""

import math
from collections.abc import Iterator

import numpy as np

PATCH = 96
PATCHES_PER_AXIS = 8
BLOCK = 16
# The quietest of the blocks: there the picture has no structure of its own. Grain is everywhere alike, so that
# little is lost by taking so few; at 0.1 a clean photo full of pebbles and foam passed for a grainy one.
QUIET = 0.01
# Grain is normally distributed, leaves and pebbles are not: the kurtosis up to which all counts as grain, and from
# which on none. The normal distribution has 3; at one of two sizes synthetic prints with grain and without compression
# marks stayed below 3.4, healthy photos of grass, gravel and twigs began at 3.9.
NORMAL, PEAKED = 3.2, 3.7
# Measured on the quietest blocks, this share of them.
QUIETEST = 0.05
GRID = 8
# Steps above this (levels) are edges of the picture itself.
LARGEST_STEP = 12.0
# From the mean of the mask's answers to the standard deviation of white noise.
IMMERKAER = math.sqrt(math.pi / 2) / 6


def patches(picture: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(top, bottom, left, right) of sample patches, spread evenly; the same for the same size."""
    height, width = picture.shape[:2]
    for top, bottom in _starts(height):
        for left, right in _starts(width):
            yield top, bottom, left, right


def grain(picture: np.ndarray) -> float:
    """Standard deviation of the grain, in levels of 255, of an h x w x 3 uint8 picture."""
    found = [
        _measured(luminance(picture[top:bottom, left:right])) for top, bottom, left, right in patches(picture)
    ]
    blocks, kurtosis = np.concatenate(found, axis=1)
    if not blocks.size:
        return 0.0
    quietest = np.argsort(blocks, kind="stable")[: max(4, int(QUIETEST * blocks.size))]
    share = (PEAKED - np.median(kurtosis[quietest])) / (PEAKED - NORMAL)
    return float(np.quantile(blocks, QUIET) * np.clip(share, 0, 1))


def blockiness(picture: np.ndarray) -> float:
    """
    How far steps on the 8-pixel grid of JPEG stand out: 1 where there are none, 1.5 at quality 75, 2 at 50.

    The weaker of the two directions counts, and any offset of the grid: cropped pictures keep theirs.
    """
    height, width = picture.shape[:2]
    if min(height, width) < 4 * GRID:
        return 1.0
    ratios = []
    for axis in (0, 1):
        sums, counts = np.zeros(GRID), np.zeros(GRID)
        for top, bottom, left, right in patches(picture):
            plane = luminance(picture[top:bottom, left:right])
            plane, start = (plane, top) if axis == 0 else (plane.T, left)
            steps = np.abs(np.diff(plane, axis=0))
            alone = np.clip(steps[1:-1] - (steps[:-2] + steps[2:]) / 2, 0, LARGEST_STEP).mean(axis=1)
            phase = (np.arange(len(alone)) + start) % GRID
            np.add.at(sums, phase, alone)
            np.add.at(counts, phase, 1)
        means = sums / np.maximum(counts, 1)
        # A tenth of a level keeps perfectly flat pictures from dividing by nothing.
        ratios.append(float((means.max() + 0.1) / (np.median(means) + 0.1)))
    return min(ratios)


def luminance(patch: np.ndarray) -> np.ndarray:
    """h x w float32 luminance of an h x w x 3 uint8 patch."""
    return patch.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def block_noise(plane: np.ndarray) -> np.ndarray:
    """One estimate of the noise for each usable 16-pixel block of a float plane."""
    return _measured(plane)[0]


def _measured(plane: np.ndarray) -> np.ndarray:
    """
    For each 16-pixel block of a float plane its noise, by Immerkaer's difference of two Laplacians, and the kurtosis
    of that difference: 2 x n.

    That mask is blind to slopes and to straight edges, so that what remains is mostly grain. Blocks which
    touch pure black or white are left out: grain is cut off there.
    """
    if min(plane.shape) < 3:
        return np.zeros((2, 0))
    rows = plane[:-2] - 2 * plane[1:-1] + plane[2:]
    mask = rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]
    height, width = (side // BLOCK * BLOCK for side in mask.shape)
    if not height or not width:
        # Too small to tell grain from texture.
        return np.array([[IMMERKAER * float(np.abs(mask).mean())], [NORMAL]])
    inner = _blocks(plane[1:-1, 1:-1][:height, :width])
    usable = (inner.min(axis=1) > 2) & (inner.max(axis=1) < 253)
    mask = _blocks(mask[:height, :width])[usable]
    spread = np.maximum(mask.std(axis=1, keepdims=True), 1e-3)
    return np.array([IMMERKAER * np.abs(mask).mean(axis=1), ((mask / spread) ** 4).mean(axis=1)])


def _blocks(plane: np.ndarray) -> np.ndarray:
    """h x w, multiples of 16 -> one row of 256 values a block."""
    height, width = plane.shape
    parts = plane.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    return parts.swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)


def _starts(length: int) -> Iterator[tuple[int, int]]:
    count = max(1, min(PATCHES_PER_AXIS, length // PATCH))
    size = min(PATCH, length)
    for index in range(count):
        start = (length - size) * index // max(count - 1, 1)
        yield start, start + size
