"""Encode restored pixels; only ever given arrays that we made, so it runs in this process."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .formats import Format

# Rows a band: pixels enter Pillow band by band, so a strided or memory-mapped array is never copied whole.
BAND_ROWS = 256
# Level 6 takes three times as long on 25 megapixels for a few percent.
PNG_LEVEL = 3
# Method 4 takes twice as long on 25 megapixels for a few percent.
WEBP_METHOD = 2


def encode(image: NDArray[np.uint8], format: Format, *, quality: int = 95) -> bytes:
    """The file for an H×W×3 uint8 sRGB array. `quality` (1 to 100) counts for jpeg (4:4:4) and webp.

    Needs about 4 bytes a pixel beyond the array and the file. Raises ValueError for another shape or type.
    """
    picture = _to_pillow(image)
    out = BytesIO()
    if format == "jpeg":
        picture.save(out, "JPEG", quality=quality, subsampling="4:4:4")
    elif format == "png":
        picture.save(out, "PNG", compress_level=PNG_LEVEL)
    else:
        picture.save(out, "WEBP", quality=quality, method=WEBP_METHOD)
    return out.getvalue()


def preview(image: NDArray[np.uint8], *, max_side: int = 1600) -> bytes:
    """A JPEG of quality 85 for the web page, reduced to `max_side` pixels; smaller ones keep their size."""
    picture = _to_pillow(image)
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _to_pillow(image: NDArray[np.uint8]) -> Image.Image:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"an HxWx3 uint8 array is needed, not {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    picture = Image.new("RGB", (width, height))
    for top in range(0, height, BAND_ROWS):
        band = np.ascontiguousarray(image[top : top + BAND_ROWS])
        picture.paste(Image.fromarray(band), (0, top))
    return picture
