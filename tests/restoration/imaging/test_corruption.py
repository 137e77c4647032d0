"""Rows 18 to 30, 40 and 44: damaged and incomplete files."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.restoration.imaging.samples import (
    PNG_MAGIC,
    chunk,
    flip,
    jpeg_sized,
    noise,
    png,
    save,
    scene,
    with_chunk,
)

JPEG, PNG, WEBP = (save(noise(), name) for name in ("JPEG", "PNG", "WEBP"))
DAMAGED = {
    "jpeg magic": b"\xff\xd8\xff",
    "png magic": PNG_MAGIC,
    "webp magic": b"RIFF\x04\x00\x00\x00WEBP",
    "half a jpeg": JPEG[: len(JPEG) // 2],
    "half a png": PNG[: len(PNG) // 2],
    "half a webp": WEBP[: len(WEBP) // 2],
    "jpeg one byte short": JPEG[:-1],
    "png header checksum": flip(PNG, 30),
    "png flipped byte": flip(PNG, len(PNG) // 2),
    "png noise": with_chunk(PNG_MAGIC + np.random.default_rng(3).bytes(500)),
    "jpeg noise": b"\xff\xd8\xff" + np.random.default_rng(3).bytes(500),
    "png garbage in its data": png(64, 64, rows=b"not deflate"),
    "png data too short": png(64, 64, rows=b"\x78\x9c\x03\x00\x00\x00\x00\x01"),
    "png huge chunk": PNG[:33] + b"\x7f\xff\xff\xfftEXt" + PNG[33:],
    "png chunk before header": PNG_MAGIC + chunk(b"tEXt", b"a\0b") + chunk(b"IEND", b""),
    "webp flipped frame": flip(WEBP, 23),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_refused(content: bytes, refusal: Callable[[bytes], str]) -> None:
    assert refusal(content) == "corrupt_image"


def test_a_png_that_only_lacks_its_end_is_whole(pixels: Callable[[bytes], np.ndarray]) -> None:
    assert np.array_equal(pixels(PNG[:-12]), np.asarray(noise()))


def test_a_size_that_lies_decodes_grey(pixels: Callable[[bytes], np.ndarray]) -> None:
    """Known limit: libjpeg fills what a JPEG with an end mark lacks, and Pillow passes no warning on."""
    picture = pixels(jpeg_sized(save(scene(), "JPEG"), 640, 480))
    assert picture.shape == (480, 640, 3)
    assert np.ptp(picture[-100:]) == 0
