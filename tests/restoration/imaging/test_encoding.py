"""Pixels to files: the format asked for, the pixels given, nothing else inside."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from restoration.imaging import decode, encode
from restoration.imaging.formats import Format
from tests.restoration.imaging.samples import noise, save, scene

SCENE = np.asarray(scene(333, 600))


def reopen(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_the_picture_survives(format: Format) -> None:
    made = reopen(encode(SCENE, format))
    assert made.format == format.upper()
    assert np.abs(np.asarray(made).astype(int) - SCENE).mean() < 2


def test_png_is_exact() -> None:
    assert np.array_equal(np.asarray(reopen(encode(np.asarray(noise()), "png"))), np.asarray(noise()))


def test_jpeg_keeps_all_colour_samples_and_the_quality_asked_for() -> None:
    made = reopen(encode(SCENE, "jpeg"))
    assert JpegImagePlugin.get_sampling(made) == 0
    expected = reopen(save(scene(), "JPEG", quality=95))
    assert made.quantization == expected.quantization  # type: ignore[attr-defined]
    assert len(encode(SCENE, "jpeg", quality=50)) < len(encode(SCENE, "jpeg"))


def test_arrays_that_are_not_contiguous_are_encoded() -> None:
    assert np.array_equal(np.asarray(reopen(encode(SCENE[::-1, ::-2], "png"))), SCENE[::-1, ::-2])


def test_a_decoded_file_is_encoded_from_its_read_only_map(tmp_path: Path) -> None:
    array = decode(save(scene(), "PNG"), workdir=tmp_path).array()
    assert not array.flags.writeable
    assert np.array_equal(np.asarray(reopen(encode(array, "png"))), np.asarray(scene()))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=lambda array: f"{array.shape} {array.dtype}",
)
def test_other_arrays_are_an_error(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="HxWx3 uint8"):
        encode(array, "png")
