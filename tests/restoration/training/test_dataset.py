"""Patches come with the thumbnail of the whole print they were cut from."""

from itertools import islice
from pathlib import Path

import numpy as np
import torch

from restoration.training.dataset import AgedPatches, validation_prints


def test_a_sample_has_patch_mask_thumbnails_and_labels(cache: Path) -> None:
    stream = AgedPatches(cache, (1,), crop=64, view=160, patches=2, pool=4)
    for sample in islice(stream, 6):
        assert {name: tuple(value.shape) for name, value in sample.items()} == {
            "aged": (3, 64, 64),
            "clean": (3, 64, 64),
            "mask": (1, 64, 64),
            "aged_thumbnail": (3, 64, 64),
            "clean_thumbnail": (3, 64, 64),
            "labels": (2,),
        }
        assert sample["aged"].dtype == torch.uint8
        assert set(sample["mask"].unique().tolist()) <= {0, 255}


def test_a_fifth_of_the_patches_and_more_lie_at_a_side_of_their_print(cache: Path) -> None:
    stream = AgedPatches(cache, (1,), crop=64, view=160)
    rng = np.random.default_rng(1)
    places = np.array([stream._place(rng) for _ in range(2000)])
    assert places.min() == 0
    assert places.max() == 160 - 64
    for side in (0, 160 - 64):
        assert (places == side).any(axis=1).mean() > 0.2


def test_seeds_tell_streams_apart(cache: Path) -> None:
    first, again, other = (
        next(iter(AgedPatches(cache, seed, crop=64, view=160, patches=1, pool=1)))["aged"]
        for seed in ((1, 0), (1, 0), (1, 1))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_validation_prints_are_the_same_every_time(cache: Path) -> None:
    first, second = (validation_prints(cache, 3, side=96) for _ in range(2))
    assert all((a.aged == b.aged).all() for a, b in zip(first, second, strict=True))
