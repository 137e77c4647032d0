"""Resizing in strips gives what resizing at once gives."""

import numpy as np
import pytest
from PIL import Image

from restoration.inference import resample


def test_halving_is_the_mean_of_four(healthy: np.ndarray) -> None:
    halved = resample.shrink(healthy, (96, 128))
    means = healthy.reshape(96, 2, 128, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - means).max() <= 1


@pytest.mark.parametrize("size", [(96, 128), (61, 83), (1, 1), (192, 256), (192, 100)])
def test_strips_change_nothing(
    healthy: np.ndarray, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = resample.shrink(healthy, size)
    monkeypatch.setattr(resample, "STRIP_PIXELS", 3000)
    in_strips = resample.shrink(healthy, size)
    assert in_strips.shape == (*size, 3)
    assert np.abs(in_strips.astype(int) - at_once).max() <= 1


@pytest.mark.parametrize("size", [(192, 256), (100, 90), (700, 531)])
def test_windows_join_without_a_seam(healthy: np.ndarray, size: tuple[int, int]) -> None:
    picture = Image.fromarray(healthy)
    whole = resample.window(picture, size, (0, size[0], 0, size[1]))
    half = size[0] // 3
    parts = [
        resample.window(picture, size, (0, half, 0, size[1])),
        resample.window(picture, size, (half, size[0], 0, size[1])),
    ]
    assert np.abs(np.concatenate(parts).astype(int) - whole).max() <= 1


@pytest.mark.parametrize(
    ("size", "pixels", "longest", "expected"),
    [
        ((100, 200), 20_000, 999, (100, 200)),
        ((100, 200), 5_000, 999, (50, 100)),
        ((16, 8192), 999_999, 4096, (8, 4096)),
    ],
)
def test_fit_keeps_the_shape(
    size: tuple[int, int], pixels: int, longest: int, expected: tuple[int, int]
) -> None:
    assert resample.fit(size, pixels, longest) == expected
