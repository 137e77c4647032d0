"""Rows 54 and 55: every mode and profile becomes 8-bit sRGB on white."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.restoration.imaging.samples import PNG_MAGIC, chunk, noise, save, scene

Pixels = Callable[[bytes], np.ndarray]
GREY = scene().convert("L")


def half_transparent(image: Image.Image) -> Image.Image:
    faded = image.copy()
    faded.putalpha(Image.fromarray(np.repeat(np.linspace(0, 255, 48).astype(np.uint8)[:, None], 64, axis=1)))
    return faded


def on_white(image: Image.Image) -> np.ndarray:
    rgba = np.asarray(image.convert("RGBA")).astype(float)
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] * alpha + 255 * (1 - alpha)


def difference(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.abs(left.astype(float) - right.astype(float)).max())


@pytest.mark.parametrize(
    "image",
    [
        scene(),
        GREY,
        GREY.convert("1"),
        scene().quantize(64),
        half_transparent(scene()),
        half_transparent(GREY),
    ],
    ids=["rgb", "grey", "1-bit", "palette", "rgba", "grey and alpha"],
)
def test_png_modes(image: Image.Image, pixels: Pixels) -> None:
    assert difference(pixels(save(image, "PNG")), on_white(image)) <= 1


@pytest.mark.parametrize(
    ("image", "clear"),
    [
        (noise().quantize(16), 3),
        (scene().quantize(16), bytes(range(0, 256, 16))),
        (scene(), (0, 0, 90)),
        (GREY, GREY.getpixel((0, 0))),
    ],
    ids=["palette", "palette alphas", "rgb", "grey"],
)
def test_transparent_colours_become_white(image: Image.Image, clear: object, pixels: Pixels) -> None:
    content = save(image, "PNG", transparency=clear)
    shown = image.copy()
    shown.info["transparency"] = clear
    expected = on_white(shown)
    assert (expected == 255).all(axis=2).any()
    assert difference(pixels(content), expected) <= 1


def test_sixteen_bit_grey_is_scaled_not_clipped(pixels: Pixels) -> None:
    values = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    picture = pixels(save(Image.fromarray(values), "PNG"))
    assert difference(picture, np.repeat((values / 257)[..., None], 3, axis=2)) <= 0.51


def test_sixteen_bit_colour_is_scaled(pixels: Pixels) -> None:
    values = np.asarray(scene()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in values.astype(">u2"))
    header = struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0)
    content = PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert np.array_equal(pixels(content), np.asarray(scene()))


@pytest.mark.parametrize("progressive", [False, True])
def test_cmyk_jpeg(progressive: bool, pixels: Pixels) -> None:
    content = save(scene().convert("CMYK"), "JPEG", quality=95, progressive=progressive)
    assert np.abs(pixels(content).astype(int) - np.asarray(scene())).mean() < 4


def test_webp_alpha(pixels: Pixels) -> None:
    image = half_transparent(scene())
    assert difference(pixels(save(image, "WEBP", lossless=True, exact=True)), on_white(image)) <= 1


@pytest.mark.parametrize(
    "profile", [b"garbage", bytes(200), ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_useless_profiles_are_ignored(profile: bytes, pixels: Pixels) -> None:
    assert np.array_equal(pixels(save(scene(), "PNG", icc_profile=profile)), np.asarray(scene()))


def test_an_srgb_profile_changes_nothing(pixels: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(pixels(save(scene(), "PNG", icc_profile=profile)), np.asarray(scene()))


def swapped_profile() -> bytes:
    """An RGB profile whose red primary is sRGB's green and the other way round."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_a_profile_is_applied(format: str, pixels: Pixels) -> None:
    content = save(scene(), format, lossless=True, icc_profile=swapped_profile())
    assert difference(pixels(content), np.asarray(scene())[..., [1, 0, 2]]) <= 2


def test_a_profile_is_applied_below_alpha(pixels: Pixels) -> None:
    image = half_transparent(scene())
    content = save(image, "PNG", icc_profile=swapped_profile())
    assert difference(pixels(content), on_white(image)[..., [1, 0, 2]]) <= 2
