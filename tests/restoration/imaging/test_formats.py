"""Rows 1 to 17 of the image table: the format is told by content."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from restoration.imaging import MAX_BYTES, ImageRefused, sniff
from tests.restoration.imaging.samples import save, scene


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("photo.jpg", save(scene(), "JPEG"))
    return out.getvalue()


OTHERS = {
    "html": b"<!doctype html><title>Not found</title>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>',
    "gif": save(scene(), "GIF"),
    "bmp": save(scene(), "BMP"),
    "tiff": save(scene(), "TIFF"),
    "avif": b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1",
    "jp2": b"\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 ",
    "eps": save(scene(), "EPS"),
    "pdf": save(scene(), "PDF"),
    "zip": archive(),
    "psd": b"8BPS\x00\x01" + bytes(60),
    "ico": save(scene(), "ICO"),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "one byte": b"\xff",
    "half a magic": b"\x89PNG",
}


@pytest.mark.parametrize(("format", "name"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp")])
def test_the_three_formats_are_known(format: str, name: str) -> None:
    assert sniff(save(scene(), format)) == name


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_other_content_is_unsupported(content: bytes, refusal: Callable[[bytes], str]) -> None:
    assert refusal(content) == "unsupported_format"


def test_nothing_is_empty(refusal: Callable[[bytes], str]) -> None:
    assert refusal(b"") == "empty"


def test_one_byte_above_the_limit_is_too_large(refusal: Callable[[bytes], str]) -> None:
    assert refusal(save(scene(), "JPEG").ljust(MAX_BYTES + 1, b"\0")) == "image_too_large"


def test_exactly_the_limit_is_decoded(pixels) -> None:  # type: ignore[no-untyped-def]
    assert pixels(save(scene(), "JPEG").ljust(MAX_BYTES, b"\0")).shape == (48, 64, 3)


def test_every_refusal_says_what_is_allowed() -> None:
    with pytest.raises(ImageRefused) as refused:
        sniff(b"GIF89a")
    assert "JPG, PNG or WebP" in refused.value.detail
