"""The pipeline: stages that run one after the other on one piece of work, each with a declared cost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from PIL import Image

from restoration.inference import guide, network, rendering, resample
from restoration.inference.analysis import Analysis
from restoration.inference.guide import Guide
from restoration.inference.mending import Mended
from restoration.inference.options import Options
from restoration.inference.strength import Strength

Advance = Callable[[float], None]

STRIP_PIXELS = 524_288


@dataclass
class Work:
    """
    What the stages hand on: `picture` (h x w x 3 uint8) is the photo so far and is never changed in place,
    for it may be the caller's file; a stage that makes a new full-size picture replaces it.

    The stages may run again with a gentler `strength`: what the networks made (`mended`, `guide`) stays.
    original: the photo that came in. mask: h x w uint8, an own damage mask, 255 = damaged.
    age: how sure it is that the photo has aged, 0 to 1; the analysis' until the repair stage has counted the damage.
    damage: what counts as damaged, weight: how much of each pixel came from the repair; both h x w uint8 at the
    size of `mended`, None without a repair.
    """

    original: np.ndarray
    options: Options
    analysis: Analysis
    strength: Strength
    mask: np.ndarray | None = None
    mended: Mended | None = None
    damage: np.ndarray | None = None
    weight: np.ndarray | None = None
    guide: Guide | None = None
    picture: np.ndarray = field(init=False)
    age: float = field(init=False)
    report: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.picture, self.age = self.original, self.analysis.age


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

    def __init__(self, model: network.RRDBNet, pixels: int) -> None:
        self._model = model
        self._pixels = pixels

    def size(self, picture: np.ndarray) -> tuple[int, int]:
        """(height, width) of the network's input: half the picture's size, and no more than the cap."""
        height, width = picture.shape[:2]
        return resample.fit((height, width), min(self._pixels, -(-height * width // 4)))

    def cost(self, work: Work) -> float:
        height, width = self.size(work.original)
        return rendering.SECONDS_PER_PIXEL * height * width if work.analysis.clean else 0.0

    def run(self, work: Work, advance: Advance) -> None:
        if work.guide is not None:
            return
        done: dict[str, Any] = {"done": work.analysis.clean, "why": work.analysis.reason}
        work.report[self.name] = done
        if not work.analysis.clean:
            return
        size = self.size(work.picture)
        clean = rendering.render(self._model, work.picture, size, advance)
        work.guide = guide.measure(work.picture, Image.fromarray(clean), work.analysis.blockiness)
        direct = clean.shape[0] >= work.picture.shape[0]
        done |= {
            "network": "Real-ESRGAN x4plus",
            "network_input": [size[1], size[0]],
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
        height, width = work.original.shape[:2]
        return height * width * (0.4e-6 if work.guide or work.analysis.clean else 0.1e-6)

    def run(self, work: Work, advance: Advance) -> None:
        correction = work.analysis.correction
        # Of a photo of which it is half sure that it has grain, half is cleaned: it may be leaves or gravel.
        share = work.strength.enhance * (work.age if work.options.enhance == "auto" else 1.0)
        wanted = work.guide if share > 0 else None
        changed = 0.0
        height, width = work.picture.shape[:2]
        result = np.empty((height, width, 3), np.uint8)
        rows = max(1, STRIP_PIXELS // width)
        for first in range(0, height, rows):
            last = min(first + rows, height)
            part = result[first:last]
            before = work.picture[first:last]
            if wanted is not None:
                strip = guide.clean_rows(work.picture, wanted, first, last)
                if share < 1:
                    strip = guide.to_tensor(before).lerp_(strip, share)
            elif correction is not None:
                strip = guide.to_tensor(before)
            if wanted is None and correction is None:
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
            "cleaning_taken": round(share, 2) if wanted is not None else 0.0,
            "mean_change": round(changed / result.size, 2),
        }
