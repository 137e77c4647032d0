"""Rows 45 to 48: animations are refused, a phone's JPEG with more pictures inside is not."""

import struct
from collections.abc import Callable

import numpy as np

from tests.restoration.imaging.samples import chunk, noise, save, scene, with_chunk


def test_an_animated_png_is_refused(refusal: Callable[[bytes], str]) -> None:
    assert refusal(save(scene(), "PNG", save_all=True, append_images=[noise()])) == "animated_image"


def test_an_animated_webp_is_refused(refusal: Callable[[bytes], str]) -> None:
    assert refusal(save(scene(), "WEBP", save_all=True, append_images=[noise()])) == "animated_image"


def test_a_png_that_claims_a_million_frames_is_refused(refusal: Callable[[bytes], str]) -> None:
    content = with_chunk(save(scene(), "PNG"), chunk(b"acTL", struct.pack(">II", 1_000_000, 0)))
    assert refusal(content) == "animated_image"


def test_a_jpeg_with_a_second_picture_is_its_first(pixels: Callable[[bytes], np.ndarray]) -> None:
    content = save(scene(), "MPO", save_all=True, append_images=[noise()], quality=95)
    assert b"MPF\0" in content
    assert np.array_equal(pixels(content), pixels(save(scene(), "JPEG", quality=95)))
