"""Which correction of tones and colours a picture gets: measured curves, or what the colour head learned."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from restoration.inference import guide, resample, tone
from restoration.inference.colour_head import (
    THUMBNAIL,
    ColourHead,
    apply_colour,
    decided,
    fading_probability,
    thumbnail_of,
)

# From this probability on the head is believed without a measured sign of fading. Chosen on synthetic prints
# of the training's validation photographs; of 47 healthy photographs none reaches it.
SURE = 0.93
# The head's thumbnail is made from a picture of this size: cheap to turn to floats.
SEEN_PIXELS = 16 * THUMBNAIL * THUMBNAIL


class Correction(Protocol):
    """One function of colour for the whole picture."""

    def apply(self, strip: np.ndarray) -> np.ndarray:
        """`strip` (3 x h x w float32, 0..255) corrected, as h x w x 3 uint8."""
        ...


@dataclass(frozen=True, eq=False)
class LearnedCorrection:
    """Levels, curve and matrix that the colour head chose on a thumbnail of the whole picture."""

    parameters: Tensor

    def apply(self, strip: np.ndarray) -> np.ndarray:
        """`strip` (3 x h x w float32, 0..255) corrected, as h x w x 3 uint8."""
        corrected = apply_colour(torch.from_numpy(strip)[None] / 255, self.parameters)[0]
        return corrected.clamp_(0, 1).mul_(255).round_().byte().permute(1, 2, 0).numpy()


def plan(picture: np.ndarray, findings: tone.Findings, color: str, head: ColourHead) -> Correction | None:
    """
    The correction for `picture` (h x w x 3 uint8, a view of the whole is enough); None leaves it as it is.

    Curves by measurement come first; they cannot bring colour into a monochrome photo. Where nothing was
    measured the head may still know better: a channel that faded leaves no lifted blacks.
    """
    measured = tone.plan(picture, findings, color)
    if measured is not None or color != "auto":
        return measured
    small = resample.shrink(picture, resample.fit(picture.shape[:2], SEEN_PIXELS))
    parameters = head(thumbnail_of(guide.to_tensor(small)[None] / 255))
    sure = bool(fading_probability(parameters) > SURE)
    return LearnedCorrection(decided(parameters)) if sure else None
