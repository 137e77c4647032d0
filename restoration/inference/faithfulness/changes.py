"""Which pixels were repaired and which invented: in figures, and as a picture."""

import numpy as np
from PIL import Image

from restoration.inference import resample

from .evidence import Evidence, strongest, touched

LONGEST = 2000
# Amber and magenta stay apart for every kind of colour blindness, on grey as on black.
REPAIRED_TINT, REPAIRED_STRENGTH = (255, 176, 0), np.float32(0.7)
INVENTED_TINT, INVENTED_STRENGTH = (220, 38, 127), 0.85
STRIP_PIXELS = 1_000_000


def shares(repaired: np.ndarray, invented: np.ndarray) -> tuple[float, float]:
    """The shares, 0 to 1, of pixels that were repaired (invented ones included) and of those invented."""
    height, width = repaired.shape
    rows = max(1, STRIP_PIXELS // width)
    strips = [slice(first, first + rows) for first in range(0, height, rows)]
    mended = sum(int(np.count_nonzero(touched(repaired[strip], invented[strip]))) for strip in strips)
    return mended / repaired.size, int(np.count_nonzero(invented)) / repaired.size


def change_map(evidence: Evidence, longest: int = LONGEST) -> Image.Image:
    """
    The original in grey, amber where it was repaired, magenta where pixels were invented.

    Its longer side has at most `longest` pixels; a repair of a single pixel still shows.
    """
    height, width = evidence.original.shape[:2]
    size = resample.fit((height, width), height * width, longest)
    shown = Image.fromarray(resample.shrink(evidence.original, size)).convert("L").convert("RGB")
    repaired, invented = strongest(evidence.repaired, size), strongest(evidence.invented, size)
    mended = np.where(touched(repaired, invented), repaired, 0) * REPAIRED_STRENGTH
    shown.paste(REPAIRED_TINT, mask=Image.fromarray(mended.astype(np.uint8)))
    shown.paste(INVENTED_TINT, mask=Image.fromarray(invented * np.uint8(255 * INVENTED_STRENGTH)))
    return shown
