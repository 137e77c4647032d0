"""Rows 31 to 39: how many pixels, on the header's word, before memory is spent on them."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.restoration.imaging.samples import jpeg_sized, png, save, scene, webp_sized

TINY = save(Image.new("L", (1, 1)), "PNG")
SIZES = {
    "png 50000 squared": (png(50_000, 50_000, rows=b""), "too_many_pixels"),
    "png 30000 squared, compressed": (png(30_000, 30_000), "too_many_pixels"),
    "png 2^31-1 wide": (png(2**31 - 1, 16, rows=b""), "too_many_pixels"),
    "png 1 x 25 million": (png(1, 25_000_000, rows=b""), "too_many_pixels"),
    "png 8193 wide": (png(8193, 100), "too_many_pixels"),
    "png 8193 high": (png(100, 8193), "too_many_pixels"),
    "png 5000 x 5001": (png(5000, 5001), "too_many_pixels"),
    "png 0 x 0": (png(0, 0, rows=b""), "corrupt_image"),
    "png 1 x 1": (TINY, "too_small"),
    "png 15 wide": (png(15, 100), "too_small"),
    "png 15 high": (png(100, 15), "too_small"),
    "jpeg 65535 squared": (jpeg_sized(save(scene(), "JPEG"), 65535, 65535), "too_many_pixels"),
    "webp 16383 squared": (webp_sized(16383, 16383), "too_many_pixels"),
    "webp 5000 x 5001": (webp_sized(5000, 5001), "too_many_pixels"),
    "webp 8193 wide": (save(Image.new("RGB", (8193, 16)), "WEBP"), "too_many_pixels"),
}


@pytest.mark.parametrize(("content", "code"), SIZES.values(), ids=SIZES)
def test_sizes_beyond_the_limits_are_refused(
    content: bytes, code: str, refusal: Callable[[bytes], str]
) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(("width", "height"), [(8192, 16), (16, 8192), (16, 16), (5000, 5000)])
def test_sizes_at_the_limits_are_decoded(
    width: int, height: int, pixels: Callable[[bytes], np.ndarray]
) -> None:
    assert pixels(png(width, height)).shape == (height, width, 3)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_the_largest_picture_fits_the_sandbox_in_its_dearest_form(
    name: str, pixels: Callable[[bytes], np.ndarray]
) -> None:
    """Alpha, four colours, all coefficients kept and a quarter turn: what takes the most memory of each format."""
    exif = Image.Exif()
    exif[0x0112] = 6
    largest: tuple[str, dict[str, object]] = {
        "jpeg": ("CMYK", {"progressive": True, "quality": 30}),
        "png": ("RGBA", {"compress_level": 1}),
        "webp": ("RGBA", {"lossless": True, "method": 0, "quality": 0}),
    }[name]
    mode, options = largest
    picture = Image.new(mode, (6250, 4000), (200, 100, 50, 128))
    assert pixels(save(picture, name.upper(), exif=exif, **options)).shape == (6250, 4000, 3)
