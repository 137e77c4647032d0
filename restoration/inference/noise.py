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
# Grain lies on all quiet blocks alike, texture does not: how many times more than the quietest the tenth part may
# show. Up to the first ratio all of it counts as grain, from the second on none.
QUIETER = 0.1
EVEN, UNEVEN = 1.6, 2.2
GRID = 8
# Steps above this (levels) are edges of the picture itself.
LARGEST_STEP = 12.0


def patches(picture: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(top, bottom, left, right) of sample patches, spread evenly; the same for the same size."""
    height, width = picture.shape[:2]
    for top, bottom in _starts(height):
        for left, right in _starts(width):
            yield top, bottom, left, right


def grain(picture: np.ndarray) -> float:
    """Standard deviation of the grain, in levels of 255, of an h x w x 3 uint8 picture."""
    found = [
        block_noise(luminance(picture[top:bottom, left:right]))
        for top, bottom, left, right in patches(picture)
    ]
    blocks = np.concatenate(found)
    if not blocks.size:
        return 0.0
    least, quiet = np.quantile(blocks, (QUIET, QUIETER))
    share = (UNEVEN - quiet / max(least, 1e-6)) / (UNEVEN - EVEN)
    return float(least * np.clip(share, 0, 1))


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
    """
    One estimate for each 16-pixel block of a float plane, by Immerkaer's difference of two Laplacians.

    That mask is blind to slopes and to straight edges, so that what remains is mostly grain. Blocks which
    touch pure black or white are left out: grain is cut off there.
    """
    if min(plane.shape) < 3:
        return np.zeros(0)
    rows = plane[:-2] - 2 * plane[1:-1] + plane[2:]
    mask = rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]
    height, width = (side // BLOCK * BLOCK for side in mask.shape)
    if not height or not width:
        return np.array([math.sqrt(math.pi / 2) / 6 * float(np.abs(mask).mean())])
    inner = plane[1:-1, 1:-1][:height, :width]
    means = _blocks(np.abs(mask[:height, :width])).mean(axis=(1, 3))
    lows, highs = _blocks(inner).min(axis=(1, 3)), _blocks(inner).max(axis=(1, 3))
    usable = (lows > 2) & (highs < 253)
    return np.asarray(math.sqrt(math.pi / 2) / 6 * means[usable])


def _blocks(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    return plane.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)


def _starts(length: int) -> Iterator[tuple[int, int]]:
    count = max(1, min(PATCHES_PER_AXIS, length // PATCH))
    size = min(PATCH, length)
    for index in range(count):
        start = (length - size) * index // max(count - 1, 1)
        yield start, start + size
