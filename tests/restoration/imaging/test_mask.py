"""Damage masks: white is damaged, at the photo's size; what does not fit the photo is refused in a sentence."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from restoration.imaging import MAX_MASK_BYTES, Decoded, MaskRefused, decode, read_mask, sniff_mask
from tests.pictures import encoded, jpeg


def photo(folder: Path, width: int, height: int) -> Decoded:
    return decode(encoded(Image.new("RGB", (width, height), "grey"), "PNG"), workdir=folder)


def saved(pixels: np.ndarray, format_name: str = "PNG") -> bytes:
    return encoded(Image.fromarray(pixels), format_name)


def refused(content: bytes, folder: Path, width: int = 60, height: int = 40) -> str:
    with pytest.raises(MaskRefused) as caught:
        read_mask(content, photo(folder, width, height), workdir=folder)
    assert caught.value.code == "invalid_mask"
    return caught.value.detail


def test_from_middle_grey_on_a_pixel_is_damaged(tmp_path: Path) -> None:
    grey = np.tile(np.arange(256, dtype=np.uint8), (16, 1))
    mask = read_mask(saved(grey), photo(tmp_path, 256, 16), workdir=tmp_path)
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, np.where(grey >= 128, 255, 0))


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP"])
def test_every_accepted_format_will_do(tmp_path: Path, format_name: str) -> None:
    painted = np.zeros((40, 60, 3), np.uint8)
    painted[8:24, 16:40] = 255
    mask = read_mask(saved(painted, format_name), photo(tmp_path, 60, 40), workdir=tmp_path)
    assert np.array_equal(mask, painted[..., 0])


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_smaller_or_larger_mask_is_laid_over_the_photo(tmp_path: Path, scale: int) -> None:
    small = np.zeros((20, 30), np.uint8)
    small[5:10, 3:9] = 255
    large = small.repeat(scale, 0).repeat(scale, 1)
    assert np.array_equal(read_mask(saved(small), photo(tmp_path, *large.T.shape), workdir=tmp_path), large)
    assert np.array_equal(read_mask(saved(large), photo(tmp_path, 30, 20), workdir=tmp_path), small)


def test_more_rows_than_a_band_holds(tmp_path: Path) -> None:
    painted = np.zeros((700, 20), np.uint8)
    painted[300:600, 5:9] = 255
    assert np.array_equal(read_mask(saved(painted), photo(tmp_path, 20, 700), workdir=tmp_path), painted)


@pytest.mark.parametrize(("width", "height"), [(1010, 1000), (991, 1000), (500, 500), (33, 33), (33, 32)])
def test_rounding_and_one_percent_are_no_other_shape(tmp_path: Path, width: int, height: int) -> None:
    black = np.zeros((height, width), np.uint8)
    assert read_mask(saved(black), photo(tmp_path, 1000, 1000), workdir=tmp_path).shape == (1000, 1000)


@pytest.mark.parametrize(("width", "height"), [(1015, 1000), (985, 1000), (40, 60), (33, 35)])
def test_another_shape_is_refused_with_both_sizes(tmp_path: Path, width: int, height: int) -> None:
    said = refused(saved(np.zeros((height, width), np.uint8)), tmp_path, 1000, 1000)
    assert f"{width} x {height} pixels, the photo 1000 x 1000" in said


def test_a_mask_stands_upright_as_the_photo_does(tmp_path: Path) -> None:
    upright = np.zeros((40, 60), np.uint8)
    upright[:10, :10] = 255
    tags = Image.Exif()
    tags[0x0112] = 6
    lying = BytesIO()
    Image.fromarray(np.rot90(upright)).save(lying, "PNG", exif=tags)
    mask = read_mask(lying.getvalue(), photo(tmp_path, 60, 40), workdir=tmp_path)
    assert np.array_equal(mask, upright)


def test_a_mask_that_is_white_all_over_is_refused(tmp_path: Path) -> None:
    assert "white all over" in refused(saved(np.full((40, 60), 255, np.uint8)), tmp_path)
    strokes = np.zeros((40, 60, 4), np.uint8)
    strokes[5:9, 5:9] = 255
    assert "not transparent" in refused(saved(strokes), tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", encoded(Image.new("L", (60, 40)), "GIF"), jpeg(exactly=MAX_MASK_BYTES + 1)],
    ids=["empty", "text", "gif", "too large"],
)
def test_size_and_kind_are_known_before_decoding(content: bytes) -> None:
    with pytest.raises(MaskRefused) as caught:
        sniff_mask(content)
    assert "PNG, JPG or WebP picture of at most 1 MiB" in caught.value.detail
    sniff_mask(jpeg(exactly=MAX_MASK_BYTES))


@pytest.mark.parametrize(
    "content", [jpeg(60, 40)[:300], saved(np.zeros((10, 15), np.uint8))], ids=["half", "tiny"]
)
def test_what_the_sandbox_refuses_is_the_masks_fault(tmp_path: Path, content: bytes) -> None:
    assert "must be a still PNG" in refused(content, tmp_path)
