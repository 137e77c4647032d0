"""Before and after side by side, in one picture to pass on."""

import numpy as np
from PIL import Image

from restoration.inference import resample

from .evidence import Evidence

LONGEST = 2000
GUTTER = 8
GUTTER_GREY = 128


def comparison(evidence: Evidence, longest: int = LONGEST) -> Image.Image:
    """The original, a thin gutter, the result. No side of the whole is longer than `longest` pixels."""
    height, width = evidence.original.shape[:2]
    factor = min(1.0, (longest - GUTTER) / 2 / width, longest / height)
    size = max(1, int(height * factor)), max(1, int(width * factor))
    halves = [resample.shrink(picture, size) for picture in (evidence.original, evidence.result)]
    gutter = np.full((size[0], GUTTER, 3), GUTTER_GREY, np.uint8)
    return Image.fromarray(np.hstack((halves[0], gutter, halves[1])))
