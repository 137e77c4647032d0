"""The first look at a picture: what is wrong with it, and from that what is to be done."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from restoration.inference import colour, noise, resample, tone
from restoration.inference.colour_head import ColourHead
from restoration.inference.options import Options

# Grain is judged at the size at which a photo is looked at: a scan of 25 MP hides it from pixel to pixel.
VIEW_PIXELS = 1_048_576
# Grain (levels of 255) and blockiness from which on `auto` cleans.
GRAIN_GATE = 1.8
BLOCKS_GATE = 1.5
# Grain that compression made soft shows at half the size, but so does the texture of a sharp photo.
COARSE_WEIGHT = 0.75
FADING_GATE = 0.2
# From none to certain: signs that a photo has aged. Between them the engine goes half the way. All of 39 healthy
# photos show, at two sizes, less grain than 1.3 and less blockiness than 1.12.
GRAIN_OF_AGE = (GRAIN_GATE, 3.2)
BLOCKS_OF_AGE = (1.12, BLOCKS_GATE)


@dataclass(frozen=True)
class Analysis:
    """
    grain: levels of 255; blockiness: 1 where there is none.
    age: 0 (nothing speaks for it) to 1: how sure it is that this is not a photo fresh from a camera.
    correction: tones to correct, or None. clean: whether x4plus runs; reason: why, or why not.
    """

    grain: float
    blockiness: float
    age: float
    findings: tone.Findings
    correction: colour.Correction | None
    clean: bool
    reason: str

    def report(self) -> dict[str, Any]:
        """The measurements for JSON."""
        return {
            "grain": round(self.grain, 2),
            "blockiness": round(self.blockiness, 2),
            "age": round(self.age, 2),
            "tone": self.findings.report(),
        }


def analyse(picture: np.ndarray, options: Options, head: ColourHead) -> Analysis:
    """Measure `picture` (h x w x 3 uint8) and settle what the options let be done about it; `head` judges colour."""
    view = resample.shrink(picture, resample.fit(picture.shape[:2], VIEW_PIXELS))
    coarse = resample.shrink(view, (-(-view.shape[0] // 2), -(-view.shape[1] // 2)))
    grain = max(noise.grain(view), COARSE_WEIGHT * noise.grain(coarse))
    if view.shape != picture.shape:
        grain = max(grain, noise.grain(picture))
    blockiness = noise.blockiness(picture)
    return _with_tones(view, grain, blockiness, options, head)


def retoned(analysis: Analysis, mended: np.ndarray, options: Options, head: ColourHead) -> Analysis:
    """
    `analysis` with the tones of the `mended` picture: bare paper in scratches and holes is white, and hides how far
    the photo itself has faded.
    """
    view = resample.shrink(mended, resample.fit(mended.shape[:2], VIEW_PIXELS))
    return _with_tones(view, analysis.grain, analysis.blockiness, options, head)


def _with_tones(
    view: np.ndarray, grain: float, blockiness: float, options: Options, head: ColourHead
) -> Analysis:
    findings = tone.examine(view)
    clean, reason = _decide(options.enhance, grain, blockiness, findings)
    correction = colour.plan(view, findings, options.color, head)
    age = _age(grain, blockiness, findings)
    return Analysis(grain, blockiness, age, findings, correction, clean, reason)


def _age(grain: float, blockiness: float, findings: tone.Findings) -> float:
    toned = float(findings.toned or findings.fading >= FADING_GATE)
    return max(tone.ramp(grain, *GRAIN_OF_AGE), tone.ramp(blockiness, *BLOCKS_OF_AGE), toned)


def _decide(enhance: str, grain: float, blockiness: float, findings: tone.Findings) -> tuple[bool, str]:
    if enhance == "off":
        return False, "switched off"
    if enhance == "on":
        return True, "asked for"
    if grain >= GRAIN_GATE:
        return True, "grain was measured"
    if blockiness >= BLOCKS_GATE:
        return True, "compression marks were measured"
    if findings.toned or findings.fading >= FADING_GATE:
        return True, "the photo has aged"
    return False, "neither grain, compression marks nor age were measured"
