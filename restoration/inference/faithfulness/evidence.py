"""What a restoration leaves to be judged by, and the view of it at which it is measured."""

from dataclasses import dataclass

import numpy as np

from restoration.inference import resample

from .structure import grain

# Colour and structure are measured at this size at most: larger pictures are looked at like this, too, and a
# photo of 25 megapixels needs no more memory for it than one of 1.
VIEW_PIXELS = 1_048_576
# A pixel counts as repaired from this much of 255 on: a tenth of it comes from the repair.
REPAIRED_FROM = 26


@dataclass(frozen=True, eq=False)
class Evidence:
    """
    original:  the photo that came in, h x w x 3 uint8 RGB (a read-only np.memmap will do)
    corrected: original after the correction of tones for the whole picture, and nothing else
    result:    the finished picture at the original's size
    repaired:  h x w uint8, how much of a pixel was taken from the repair: 0 nothing, 255 all of it
    invented:  h x w bool, pixels that were filled in where nothing of the photo was left

    Arrays are only looked at, never changed. Raises ValueError where they do not fit together.
    """

    original: np.ndarray
    corrected: np.ndarray
    result: np.ndarray
    repaired: np.ndarray
    invented: np.ndarray

    def __post_init__(self) -> None:
        size = self.original.shape[:2]
        for name, tail, kind in (
            ("original", (3,), np.uint8),
            ("corrected", (3,), np.uint8),
            ("result", (3,), np.uint8),
            ("repaired", (), np.uint8),
            ("invented", (), np.bool_),
        ):
            array = getattr(self, name)
            if array.shape != (*size, *tail) or array.dtype != kind:
                raise ValueError(
                    f"{name} is {array.shape} {array.dtype}, the original {self.original.shape}."
                )


@dataclass(frozen=True, eq=False)
class View:
    """
    The evidence at a size of at most VIEW_PIXELS.

    before, after: h x w x 3 uint8, the corrected photo and the result, averaged by area
    repaired:      h x w uint8 and invented h x w bool; of the pixels that became one, the strongest counts
    grain:         of the corrected photo, at each scale of `structure.kept`, levels of 255
    """

    before: np.ndarray
    after: np.ndarray
    repaired: np.ndarray
    invented: np.ndarray
    grain: list[float]

    @property
    def outside(self) -> np.ndarray:
        """h x w bool: pixels that no repair has touched."""
        return ~touched(self.repaired, self.invented)


def touched(repaired: np.ndarray, invented: np.ndarray) -> np.ndarray:
    """h x w bool: pixels that were repaired or invented."""
    return (repaired >= REPAIRED_FROM) | invented


def view(evidence: Evidence) -> View:
    """The view that colour, structure and faces are measured on; small pictures are their own view."""
    size = resample.fit(evidence.original.shape[:2], VIEW_PIXELS)
    before = resample.shrink(evidence.corrected, size)
    return View(
        before,
        resample.shrink(evidence.result, size),
        strongest(evidence.repaired, size),
        strongest(evidence.invented, size),
        grain(before),
    )


def strongest(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """`mask` (h x w) at `size` = (height, width), neither larger: a scratch one pixel wide is not averaged away."""
    for axis, (before, after) in enumerate(zip(mask.shape, size, strict=True)):
        if before != after:
            mask = np.maximum.reduceat(mask, np.arange(after) * before // after, axis=axis)
    return mask
