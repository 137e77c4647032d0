"""The pipeline: stages that run one after the other on one piece of work, each with a declared cost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from PIL import Image

from restoration.inference import guide, network, resample, tiling
from restoration.inference.analysis import Analysis
from restoration.inference.guide import Guide
from restoration.inference.options import Options

Advance = Callable[[float], None]

# Above this the input of x4plus is shrunk, so that every accepted picture is done in time: 0.13 MP take
# 14 s on two cores of 2022 (Zen 4, bfloat16), half of that on two of 2024.
NETWORK_PIXELS = 131_072
TILE, OVERLAP = 512, 64
STRIP_PIXELS = 524_288


@dataclass
class Work:
    """
    What the stages hand on: `picture` (h x w x 3 uint8) is the photo so far and is never changed in place,
    for it may be the caller's file; a stage that makes a new full-size picture replaces it.
    """

    picture: np.ndarray
    options: Options
    analysis: Analysis
    guide: Guide | None = None
    report: dict[str, Any] = field(default_factory=dict)


class Stage(Protocol):
    """One step. `run` calls its `advance` with the share done, at least once a second; it may raise."""

    name: str

    def cost(self, work: Work) -> float:
        """Expected seconds on two cores; 0 when the stage has nothing to do, and is then only reported."""
        ...

    def run(self, work: Work, advance: Advance) -> None:
        """Do the work and write what was done into `work.report[name]`."""
        ...


class Cleaning:
    """x4plus on a shrunk picture: the rendering that tells grain from detail."""

    name = "cleaning"

    def __init__(self, model: network.RRDBNet, pixels: int = NETWORK_PIXELS) -> None:
        self._model = model
        self._pixels = pixels

    def size(self, picture: np.ndarray) -> tuple[int, int]:
        """(height, width) of the network's input: half the picture's size, and no more than the cap."""
        height, width = picture.shape[:2]
        return resample.fit((height, width), min(self._pixels, -(-height * width // 4)), max(height, width))

    def cost(self, work: Work) -> float:
        height, width = self.size(work.picture)
        return 110e-6 * height * width if work.analysis.clean else 0.0

    def run(self, work: Work, advance: Advance) -> None:
        done: dict[str, Any] = {"done": work.analysis.clean, "why": work.analysis.reason}
        work.report[self.name] = done
        if not work.analysis.clean:
            return
        small = resample.shrink(work.picture, self.size(work.picture))
        clean = tiling.run(
            self._model, small, scale=network.SCALE, tile=TILE, overlap=OVERLAP, advance=advance
        )
        guide.anchor(clean, small)
        work.guide = guide.measure(work.picture, Image.fromarray(clean), work.analysis.blockiness)
        direct = clean.shape[0] >= work.picture.shape[0]
        done |= {
            "network": "Real-ESRGAN x4plus",
            "network_input": [small.shape[1], small.shape[0]],
            "mode": "direct" if direct else "residual",
            "luma_noise": round(work.guide.luma_noise, 2),
            "chroma_noise": round(work.guide.chroma_noise, 2),
            "sharpness": round(work.guide.sharpness, 2),
            "lean": round(work.guide.lean, 2),
        }
        if not direct:
            done["left_out"] = "Detail finer than the network's output is cleaned of grain, not redrawn."


class Finishing:
    """Joins photo and rendering and corrects the tones, strip by strip at full size."""

    name = "finishing"

    def cost(self, work: Work) -> float:
        height, width = work.picture.shape[:2]
        return height * width * (0.4e-6 if work.guide or work.analysis.clean else 0.1e-6)

    def run(self, work: Work, advance: Advance) -> None:
        correction = work.analysis.correction
        changed = 0.0
        height, width = work.picture.shape[:2]
        result = np.empty((height, width, 3), np.uint8)
        rows = max(1, STRIP_PIXELS // width)
        for first in range(0, height, rows):
            last = min(first + rows, height)
            part = result[first:last]
            before = work.picture[first:last]
            if work.guide is not None:
                strip = guide.clean_rows(work.picture, work.guide, first, last)
            elif correction is not None:
                strip = guide.to_tensor(before)
            if work.guide is None and correction is None:
                part[:] = before
            elif correction is None:
                part[:] = strip.round_().byte().permute(1, 2, 0).numpy()
            else:
                part[:] = correction.apply(strip.numpy())
            changed += float(np.abs(np.subtract(part, before, dtype=np.int16)).sum(dtype=np.int64))
            advance(last / height)
        work.picture = result
        work.report[self.name] = {
            "tones_corrected": correction is not None,
            "mean_change": round(changed / result.size, 2),
        }
