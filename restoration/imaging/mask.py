"""A damage mask: a picture that is white where a photo is damaged, laid over that photo."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .decoding import Decoded, decode
from .formats import sniff
from .limits import MAX_MASK_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE
from .refusal import ImageRefused, MaskRefused

# The grey (0 to 255) from which on a pixel is damaged.
DAMAGED = 128
# How far the mask's proportions may be from the photo's.
SLACK = 0.01
BAND_ROWS = 256
# Of red, green and blue in a grey, in thousandths.
LUMA = np.array([299, 587, 114], np.uint32)
ALLOWED = (
    f"The damage mask must be a still PNG, JPG or WebP picture of at most {MAX_MASK_BYTES // 1024**2} MiB and "
    f"{MAX_PIXELS // 1_000_000} megapixels, with {MIN_SIDE} to {MAX_SIDE} pixels on a side."
)


def sniff_mask(content: bytes) -> None:
    """Size and kind by the first bytes, before anything is decoded. Raises MaskRefused."""
    if len(content) > MAX_MASK_BYTES:
        raise MaskRefused(ALLOWED, f"{len(content)} bytes")
    try:
        sniff(content)
    except ImageRefused as exc:
        raise MaskRefused(ALLOWED, str(exc)) from exc


def read_mask(content: bytes, photo: Decoded, *, workdir: Path) -> NDArray[np.uint8]:
    """The mask at the photo's size: height × width uint8, 255 where the photo is damaged and 0 elsewhere.

    Decoded in the sandbox like a photo and resized by nearest neighbour; 4 bytes a pixel while it runs. Raises
    MaskRefused (the mask's fault) or DecoderFailed (ours).
    """
    sniff_mask(content)
    try:
        mask = decode(content, workdir=workdir)
    except ImageRefused as exc:
        raise MaskRefused(ALLOWED, str(exc)) from exc
    if not _alike(mask, photo):
        raise MaskRefused(
            f"The damage mask has {mask.width} x {mask.height} pixels, the photo {photo.width} x {photo.height}: "
            "it must have the photo's proportions."
        )
    damaged = _laid_over(mask.array(), photo.height, photo.width)
    if damaged.all():
        raise MaskRefused(
            "The damage mask is white all over: leave black, and not transparent, what is not damaged."
        )
    return damaged


def _alike(mask: Decoded, photo: Decoded) -> bool:
    # A side is a whole number of pixels: what one pixel more or less makes is rounding, not another shape.
    slack = max(SLACK * mask.height * photo.width, photo.width, photo.height)
    return abs(mask.width * photo.height - mask.height * photo.width) <= slack


def _laid_over(mask: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    rows, columns = _nearest(mask.shape[0], height), _nearest(mask.shape[1], width)
    damaged = np.empty((height, width), np.uint8)
    for top in range(0, height, BAND_ROWS):
        band = mask[rows[top : top + BAND_ROWS]] @ LUMA >= DAMAGED * 1000
        damaged[top : top + BAND_ROWS] = np.uint8(255) * band[:, columns]
    return damaged


def _nearest(have: int, want: int) -> NDArray[np.intp]:
    """Of `have` pixels in a row, the one that lies under each of `want`."""
    return ((2 * np.arange(want) + 1) * have // (2 * want)).astype(np.intp)
