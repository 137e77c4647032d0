"""Rows 41 to 43: small files that unfold."""

import zlib
from collections.abc import Callable

import numpy as np

from tests.restoration.imaging.samples import chunk, save, scene, with_chunk

PNG = save(scene(), "PNG")
BOMB = zlib.compress(bytes(64 * 1024**2), 9)


def test_a_compressed_text_bomb_is_refused(refusal: Callable[[bytes], str]) -> None:
    assert refusal(with_chunk(PNG, chunk(b"zTXt", b"note\0\0" + BOMB))) == "corrupt_image"


def test_a_colour_profile_bomb_is_refused(refusal: Callable[[bytes], str]) -> None:
    assert refusal(with_chunk(PNG, chunk(b"iCCP", b"profile\0\0" + BOMB))) == "corrupt_image"


def test_twenty_thousand_text_chunks_are_survived(pixels: Callable[[bytes], np.ndarray]) -> None:
    content = with_chunk(PNG, chunk(b"tEXt", b"key\0value") * 20_000)
    assert np.array_equal(pixels(content), np.asarray(scene()))
