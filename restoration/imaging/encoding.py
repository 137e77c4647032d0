"""Encode restored pixels; only ever given arrays that we made, so it runs in this process."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .formats import Format

# Rows a band: pixels enter Pillow band by band, so a strided or memory-mapped array is never copied whole.
BAND_ROWS = 256
# On 25 grainy megapixels level 3 takes half as long again for 4 % less, level 6 five times as long for 6 %.
PNG_LEVEL = 2
# On the same picture method 4 takes five times as long, and half as much memory again, for 2 % less.
WEBP_METHOD = 2
# Pixels that the formats can count; PNG's own limit is far above the others.
MAX_SIDES: dict[Format, int] = {"jpeg": 65_535, "png": 2**31 - 1, "webp": 16_383}


def encode(image: NDArray[np.uint8] | Image.Image, format: Format, *, quality: int = 95) -> bytes:
    """The file for an H×W×3 uint8 sRGB array. `quality` (1 to 100) counts for jpeg (4:4:4) and webp.

    Needs 4.5 bytes a pixel beyond the array for jpeg and png, 10.5 for webp, whose encoder keeps a copy of its
    own; 4 of them are the `to_picture` that may be handed over instead, once the array is let go. Raises
    ValueError for an array of another shape or type.
    """
    picture = image if isinstance(image, Image.Image) else to_picture(image)
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
    picture = to_picture(image)
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def to_picture(image: NDArray[np.uint8]) -> Image.Image:
    """A Pillow picture of an H×W×3 uint8 array; 4 bytes a pixel. Raises ValueError for another shape or type."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"an HxWx3 uint8 array is needed, not {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    picture = Image.new("RGB", (width, height))
    for top in range(0, height, BAND_ROWS):
        band = np.ascontiguousarray(image[top : top + BAND_ROWS])
        picture.paste(Image.fromarray(band), (0, top))
    return picture
