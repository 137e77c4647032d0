"""How strong the grain of a picture is, read where the picture itself is quiet."""

import math
from collections.abc import Iterator

import numpy as np

PATCH = 96
PATCHES_PER_AXIS = 8
BLOCK = 16
# The quietest part of the blocks: there the picture has no structure of its own.
QUIET = 0.2


def patches(picture: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(top, bottom, left, right) of sample patches, spread evenly; the same for the same size."""
    height, width = picture.shape[:2]
    for top, bottom in _starts(height):
        for left, right in _starts(width):
            yield top, bottom, left, right


def measure(picture: np.ndarray) -> float:
    """Standard deviation of the grain, in levels of 255, of an h x w x 3 uint8 picture."""
    found: list[np.ndarray] = []
    for top, bottom, left, right in patches(picture):
        found.append(block_noise(luminance(picture[top:bottom, left:right])))
    blocks = np.concatenate(found)
    return float(np.quantile(blocks, QUIET)) if blocks.size else 0.0


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
