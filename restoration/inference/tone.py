"""Fading and colour cast: found on a thumbnail of the whole picture, corrected by one curve a channel."""

from dataclasses import dataclass

import numpy as np

THUMBNAIL = 65_536
CURVE_STEPS = 4096
# Share of pixels taken for the darkest and the lightest tone: specks and dust are neither.
TAIL = 0.005
TARGET_BLACK, TARGET_WHITE = 6.0, 249.0
# A curve is never steeper than this: beyond it grain and banding show more than tone is won.
STEEPEST = 3.0


@dataclass(frozen=True)
class Findings:
    """What the thumbnail shows; levels of 255."""

    monochrome: bool
    toned: bool
    black: tuple[float, float, float]
    white: tuple[float, float, float]
    fading: float
    cast: float

    def report(self) -> dict[str, object]:
        return {
            "monochrome": self.monochrome,
            "toned": self.toned,
            "black": [round(value, 1) for value in self.black],
            "white": [round(value, 1) for value in self.white],
            "fading": round(self.fading, 3),
            "cast": round(self.cast, 3),
        }


def examine(thumbnail: np.ndarray) -> Findings:
    """Findings on an h x w x 3 uint8 thumbnail of the whole picture."""
    pixels = thumbnail.reshape(-1, 3).astype(np.float32)
    black = np.quantile(pixels, TAIL, axis=0)
    white = np.quantile(pixels, 1 - TAIL, axis=0)
    chroma = pixels - pixels.mean(axis=1, keepdims=True)
    toned = float(np.quantile(np.abs(chroma), 0.99)) > 4
    monochrome = _off_the_tone_line(pixels) < 5
    span = float((white - black).mean())
    fading = float(np.clip((black.min() - 12) / 30, 0, 1) * np.clip((235 - span) / 60, 0, 1))
    cast = float(np.clip((max(np.ptp(black), np.ptp(white)) - 10) / 30, 0, 1))
    return Findings(monochrome, toned, tuple(black.tolist()), tuple(white.tolist()), fading, cast)


def curves(findings: Findings, color: str) -> np.ndarray | None:
    """
    The correction as 3 x 4096 uint8 (input 0..255 in steps of 1/16), or None when there is nothing to do.
    """
    if color == "off":
        return None
    strength = max(findings.fading, findings.cast if findings.fading > 0 or findings.monochrome else 0.0)
    if strength <= 0:
        return None
    levels = np.arange(CURVE_STEPS, dtype=np.float32) / 16
    result = np.empty((3, CURVE_STEPS), np.uint8)
    for channel in range(3):
        black, white = findings.black[channel], findings.white[channel]
        gain = min((TARGET_WHITE - TARGET_BLACK) / max(white - black, 1.0), STEEPEST)
        target = TARGET_BLACK + (levels - black) * gain
        mixed = levels + strength * (target - levels)
        result[channel] = np.clip(np.round(mixed), 0, 255).astype(np.uint8)
    return result


def _off_the_tone_line(pixels: np.ndarray) -> float:
    """How far (99th percentile, levels) colours stray from a smooth function of brightness."""
    brightness = pixels.mean(axis=1)
    worst = 0.0
    for channel in range(3):
        line = np.polynomial.Polynomial.fit(brightness, pixels[:, channel], 3)
        worst = max(worst, float(np.quantile(np.abs(pixels[:, channel] - line(brightness)), 0.99)))
    return worst
