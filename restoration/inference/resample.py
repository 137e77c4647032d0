"""Resizing without a full-size copy: the source may be a memory-mapped picture far larger than the result."""

import math

import numpy as np
from PIL import Image

# Rows of the source that are held at once are bounded by this many pixels.
STRIP_PIXELS = 1_000_000


def shrink(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """`picture` (h x w x 3 uint8) averaged by area to `size` = (height, width), neither larger than before."""
    height, width = picture.shape[:2]
    rows, columns = size
    if (rows, columns) == (height, width):
        return np.array(picture)
    step = height / rows
    batch = max(1, int(STRIP_PIXELS / (width * step)))
    result = np.empty((rows, columns, 3), np.uint8)
    for first in range(0, rows, batch):
        last = min(first + batch, rows)
        top, bottom = math.floor(first * step), min(height, math.ceil(last * step))
        strip = Image.fromarray(np.ascontiguousarray(picture[top:bottom]))
        box = (0.0, first * step - top, float(width), min(last * step - top, float(bottom - top)))
        result[first:last] = np.asarray(strip.resize((columns, last - first), Image.Resampling.BOX, box=box))
    return result


def window(picture: Image.Image, size: tuple[int, int], part: tuple[int, int, int, int]) -> np.ndarray:
    """
    The part (top, bottom, left, right) of `picture` resized to `size` = (height, width); h x w x 3 uint8.

    Pillow reads beyond the part as far as its filter reaches, so windows join without a seam.
    """
    top, bottom, left, right = part
    down, across = picture.height / size[0], picture.width / size[1]
    box = (
        left * across,
        top * down,
        min(right * across, float(picture.width)),
        min(bottom * down, float(picture.height)),
    )
    return np.asarray(picture.resize((right - left, bottom - top), Image.Resampling.BICUBIC, box=box))


def fit(size: tuple[int, int], pixels: int, longest: float = math.inf) -> tuple[int, int]:
    """`size` (height, width) scaled down to at most `pixels` and a side of at most `longest`; never below 1."""
    height, width = size
    factor = min(1.0, math.sqrt(pixels / (height * width)), longest / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))
