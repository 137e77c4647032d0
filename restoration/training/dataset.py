"""An endless stream of aged patches, with the thumbnail of the whole print each was cut from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from restoration.inference.colour_head import THUMBNAIL
from restoration.training import photographs
from restoration.training.ageing import AgedPicture, age

Sample = dict[str, Tensor]
"""aged, clean (3, C, C), mask (1, C, C), aged_thumbnail, clean_thumbnail (3, 64, 64): uint8; labels (2,) float:
colours changed, monochrome."""

SMALLEST_SCALE, LARGEST_SCALE = 0.3, 1.1


def crop_view(
    rng: np.random.Generator,
    photograph: NDArray[np.uint8],
    side: int,
    scales: tuple[float, float] = (SMALLEST_SCALE, LARGEST_SCALE),
) -> NDArray[np.uint8]:
    """A random square of the photograph at a random scale, flipped at random: (side, side, 3) uint8."""
    height, width = photograph.shape[:2]
    smallest = max(scales[0], side / min(height, width))
    scale = rng.uniform(smallest, max(scales[1], smallest * 1.05))
    window = min(round(side / scale), height, width)
    top, left = int(rng.integers(height - window + 1)), int(rng.integers(width - window + 1))
    crop = Image.fromarray(np.ascontiguousarray(photograph[top : top + window, left : left + window]))
    view = np.asarray(crop.resize((side, side), Image.Resampling.LANCZOS))
    return np.ascontiguousarray(view[:, ::-1] if rng.random() < 0.5 else view)


def thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(64, 64, 3) area average of a whole picture."""
    return np.asarray(Image.fromarray(picture).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX))


class AgedPatches(IterableDataset[Sample]):
    """Photographs → views → aged prints → patches, mixed in a pool so that a batch sees many prints."""

    def __init__(
        self,
        cache: Path,
        seed: tuple[int, ...],
        crop: int = 128,
        view: int = 384,
        patches: int = 7,
        pool: int = 160,
        eager: bool = True,
    ) -> None:
        """`eager`: prefer damaged places; without it patches are as damaged as prints are."""
        super().__init__()
        self.eager = eager
        self.cache, self.seed, self.crop, self.view, self.patches, self.pool = (
            cache,
            seed,
            crop,
            view,
            patches,
            pool,
        )

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        rng = np.random.default_rng((*self.seed, worker.id if worker else 0))
        pictures, weights = photographs.load(self.cache, "train")
        pool: list[Sample] = []
        while True:
            photograph = pictures[int(rng.choice(len(pictures), p=weights))]
            print_ = age(rng, crop_view(rng, photograph, self.view))
            pool.extend(self._cut(rng, print_))
            while len(pool) > self.pool:
                index = int(rng.integers(len(pool)))
                pool[index], pool[-1] = pool[-1], pool[index]
                yield pool.pop()

    def _cut(self, rng: np.random.Generator, print_: AgedPicture) -> Iterator[Sample]:
        thumbnails = [_tensor(thumbnail(picture)) for picture in (print_.aged, print_.clean)]
        labels = torch.tensor([float(print_.colour_changed), float(print_.monochrome)])
        for _ in range(self.patches):
            # Of two places the more damaged: much of a print is whole and teaches little.
            places = [self._place(rng) for _ in range(2 if self.eager and rng.random() < 0.6 else 1)]
            top, left = max(
                places,
                key=lambda place: int(
                    print_.mask[place[0] : place[0] + self.crop : 4, place[1] : place[1] + self.crop : 4].sum(
                        dtype=np.int64
                    )
                ),
            )
            window = np.s_[top : top + self.crop, left : left + self.crop]
            turn = rng.random() < 0.25
            aged, clean, mask = (
                np.swapaxes(part[window], 0, 1) if turn else part[window]
                for part in (print_.aged, print_.clean, print_.mask[..., None])
            )
            yield {
                "aged": _tensor(aged),
                "clean": _tensor(clean),
                "mask": _tensor(mask),
                "aged_thumbnail": thumbnails[0],
                "clean_thumbnail": thumbnails[1],
                "labels": labels,
            }

    def _place(self, rng: np.random.Generator) -> tuple[int, int]:
        """Top left of a patch; one side in four lies at the print's own: a torn corner is seen nowhere else."""
        room = self.view - self.crop
        beyond = room // 6
        top, left = rng.integers(-beyond, room + beyond + 1, size=2).clip(0, room)
        return int(top), int(left)


def validation_prints(cache: Path, count: int, side: int = 384, seed: int = 7) -> list[AgedPicture]:
    """The same aged prints every time, from photographs that are never trained on."""
    rng = np.random.default_rng(seed)
    pictures, _ = photographs.load(cache, "validation")
    return [age(rng, crop_view(rng, pictures[index % len(pictures)], side)) for index in range(count)]


def _tensor(picture: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))
