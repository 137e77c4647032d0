"""Row 53: pictures come upright, whatever the camera wrote."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.restoration.imaging.samples import save, scene

UPRIGHT = np.asarray(scene())
# How a camera stores an upright scene under each orientation: the inverse of what the reader must do.
STORED = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.swapaxes(0, 1),
    6: np.rot90(UPRIGHT, 1),
    7: UPRIGHT[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90(UPRIGHT, -1),
}


def tagged(orientation: object) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_each_orientation_is_undone(
    format: str, orientation: int, pixels: Callable[[bytes], np.ndarray]
) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation]))
    content = save(stored, format, exif=tagged(orientation), lossless=True)
    assert np.array_equal(pixels(content), UPRIGHT)


def test_a_jpeg_is_turned(pixels: Callable[[bytes], np.ndarray]) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[6]))
    picture = pixels(save(stored, "JPEG", quality=95, exif=tagged(6)))
    assert picture.shape == UPRIGHT.shape
    assert np.abs(picture.astype(int) - UPRIGHT).mean() < 3


TEXT = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04up!\0\0\0\0\0"


@pytest.mark.parametrize(
    "exif",
    [
        tagged(99),
        tagged(0),
        TEXT,
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
    ],
    ids=["99", "0", "text", "broken table", "table outside"],
)
def test_nonsense_is_ignored(exif: object, pixels: Callable[[bytes], np.ndarray]) -> None:
    assert np.array_equal(pixels(save(scene(), "PNG", exif=exif)), UPRIGHT)
