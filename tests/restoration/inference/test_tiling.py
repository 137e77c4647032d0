"""Tiles: they cover the picture, their weights add up to one, and no seam shows."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from restoration.inference import network, tiling, weights


def ignore(share: float) -> None:
    del share


@pytest.mark.parametrize("length", [1, 63, 64, 65, 100, 127, 128, 129, 1000])
@pytest.mark.parametrize(("tile", "overlap"), [(64, 8), (64, 31)])
def test_spans_cover_and_overlap(length: int, tile: int, overlap: int) -> None:
    found = tiling.spans(length, tile, overlap)
    assert found[0].start == 0
    assert found[-1].stop == length
    assert max(span.stop - span.start for span in found) <= tile
    assert all(one.stop - two.start >= overlap for one, two in pairwise(found))


@pytest.mark.parametrize("length", [40, 100, 129])
def test_ramps_add_up_to_one(length: int) -> None:
    axis = tiling.spans(length, 48, 12)
    total = torch.zeros(length * 4)
    for span in axis:
        total[span.start * 4 : span.stop * 4] += tiling.ramp(span, axis, 4)
    assert torch.allclose(total, torch.ones_like(total), atol=1e-6)


def test_a_network_without_context_gives_the_same_tiled_or_whole(healthy: np.ndarray) -> None:
    def enlarge(picture: Tensor, advance: object) -> Tensor:
        return functional.interpolate(picture, scale_factor=4, mode="nearest")

    options = {"scale": 4, "advance": ignore}
    whole = tiling.run(enlarge, healthy, tile=4096, overlap=0, **options)  # type: ignore[arg-type]
    tiled = tiling.run(enlarge, healthy, tile=80, overlap=16, **options)  # type: ignore[arg-type]
    assert np.array_equal(whole, np.kron(healthy, np.ones((4, 4, 1), np.uint8)))
    assert np.array_equal(tiled, whole)


@pytest.mark.slow
def test_no_seam_shows(small: np.ndarray, weights_folder: Path) -> None:
    """The step across the middle of each overlap differs from the untiled picture's by less than a level."""
    model = network.load(weights_folder / weights.FILE_NAME, torch.float32)
    with torch.inference_mode():
        whole = tiling.run(model, small, scale=4, tile=512, overlap=64, advance=ignore).astype(np.float32)
        tiled = tiling.run(model, small, scale=4, tile=72, overlap=32, advance=ignore).astype(np.float32)
    first, second = tiling.spans(small.shape[1], 72, 32)
    assert np.abs(tiled - whole).mean() < 1
    for column in (second.start * 4, (first.stop + second.start) * 2, first.stop * 4):
        steps = [
            np.abs(np.diff(picture[:, column - 1 : column + 1], axis=1)).mean() for picture in (whole, tiled)
        ]
        assert abs(steps[1] - steps[0]) < 1


def test_an_error_from_advance_ends_the_run(healthy: np.ndarray) -> None:
    seen: list[float] = []

    def stop(share: float) -> None:
        seen.append(share)
        raise KeyError

    def enlarge(picture: Tensor, advance: object) -> Tensor:
        return functional.interpolate(picture, scale_factor=4, mode="nearest")

    with pytest.raises(KeyError):
        tiling.run(enlarge, healthy, scale=4, tile=80, overlap=16, advance=stop)
    assert len(seen) == 1
