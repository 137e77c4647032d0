"""Rows 49 to 52: what rides along does not reach the pixels or the file that is made of them."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from restoration.imaging import encode
from tests.restoration.imaging.samples import chunk, save, scene, with_chunk
from tests.restoration.imaging.test_formats import archive

MARK = b"<script>alert(1)</script>"


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010E] = MARK.decode()
    tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return tags


CARRIERS = {
    "jpeg and html": save(scene(), "JPEG") + b"<html>" + MARK,
    "jpeg and zip": save(scene(), "JPEG", comment=MARK) + archive(),
    "php in png text": with_chunk(save(scene(), "PNG"), chunk(b"tEXt", b"c\0<?php " + MARK)),
    "jpeg comment": save(scene(), "JPEG", comment=MARK),
    "jpeg exif with place": save(scene(), "JPEG", exif=exif()),
    "webp exif with place": save(scene(), "WEBP", exif=exif()),
}


@pytest.mark.parametrize("content", CARRIERS.values(), ids=CARRIERS)
def test_the_payload_is_gone(content: bytes, pixels: Callable[[bytes], np.ndarray]) -> None:
    assert MARK in content
    picture = pixels(content)
    assert np.abs(picture.astype(int) - np.asarray(scene())).mean() < 3
    for format in ("jpeg", "png", "webp"):
        made = encode(picture, format)  # type: ignore[arg-type]
        assert MARK not in made
        assert b"Exif" not in made
        assert b"EXIF" not in made
