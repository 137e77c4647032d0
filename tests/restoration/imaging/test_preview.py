"""The web page's picture: small, and the same shape."""

from io import BytesIO

import numpy as np
from PIL import Image

from restoration.imaging import preview
from tests.restoration.imaging.samples import scene


def test_a_large_picture_is_reduced_to_the_side() -> None:
    made = Image.open(BytesIO(preview(np.asarray(scene(2000, 3000)), max_side=600)))
    assert (made.format, made.size) == ("JPEG", (400, 600))
    assert np.abs(np.asarray(made).astype(int) - np.asarray(scene(400, 600))).mean() < 2


def test_a_small_picture_keeps_its_size() -> None:
    assert Image.open(BytesIO(preview(np.asarray(scene(64, 48))))).size == (64, 48)
