"""Fading and colour cast: found on a thumbnail of the whole picture, corrected by one curve a channel."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from restoration.inference import resample

# Large enough to hold the tones of a picture, small enough to average its grain away.
THUMBNAIL_PIXELS = 65_536
LINE_PIXELS = 4_096
CURVE_STEPS = 4096
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)

# Share of pixels beyond the darkest and the lightest tone: specks and glints are neither.
TAIL = 0.002
# The tones that black and white of a faded colour photo go to; a healthy photo seldom fills 0..255.
COLOUR_TARGET = (16.0, 240.0)
MONOCHROME_TARGET = (10.0, 246.0)
# Fading is blacks that turned grey together with a range that shrank: (none, full) of either, in levels.
# Wide enough apart from mist, snow and low light in healthy photos; a print that yellowed is known to be old.
FADED_COLOUR = (36.0, 47.0), (178.0, 150.0)
FADED_GREY = (28.0, 42.0), (195.0, 165.0)
FADED_PRINT = (15.0, 30.0), (225.0, 195.0)
# How much of the difference between the channels' ends is taken for cast. The rest may be the scene: a
# picture without any blue thing has no blue white.
CAST_SHARE = 0.75
# A curve is never steeper: beyond it grain and banding show more than tone is won.
STEEPEST = 3.0
# Distance from the tone line (levels) up to which a photo counts as monochrome: middle, 95th percentile.
MONOCHROME_MEDIAN, MONOCHROME_TAIL = 3.0, 6.3
WARMEST_PAPER = 90.0
# With less contrast than this (levels) there is nothing to judge fading by: a plain surface, a blank page.
LEAST_SPAN = 24.0
# A grey photo saved as JPEG strays this far from grey (levels).
GREY_TOLERANCE = 4.0
# Colour (levels) in the middle tones, paper white set to white, from which on a tone was meant: sepia.
SEPIA = 12.0


@dataclass(frozen=True)
class Findings:
    """
    What the thumbnail shows.

    monochrome: every colour is a function of brightness; toned: and that colour is not grey;
    sepia: and stays so when the paper's own tint is taken out.
    black, white: darkest and lightest tone by channel, levels of 255.
    fading: 0 (healthy) to 1; cast: largest difference between channels at either end, levels.
    """

    monochrome: bool
    toned: bool
    sepia: bool
    black: tuple[float, float, float]
    white: tuple[float, float, float]
    fading: float
    cast: float

    def report(self) -> dict[str, Any]:
        """The findings for JSON, rounded."""
        return {
            name: [round(part, 1) for part in value] if isinstance(value, tuple) else _rounded(value)
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Correction:
    """
    curves: 3 x 4096 uint8, one a channel, for inputs 0..255 in steps of 1/16.
    by_brightness: the curves are read at the pixel's luminance, so that no stray colour is left.
    """

    curves: np.ndarray
    by_brightness: bool

    def apply(self, strip: np.ndarray) -> np.ndarray:
        """`strip` (3 x h x w float32, 0..255) corrected, as h x w x 3 uint8."""
        result = np.empty((*strip.shape[1:], 3), np.uint8)
        if self.by_brightness:
            strip = np.broadcast_to(np.tensordot(LUMINANCE, strip, 1), strip.shape)
        for channel in range(3):
            index = np.clip(np.rint(strip[channel] * 16), 0, CURVE_STEPS - 1).astype(np.int16)
            result[..., channel] = self.curves[channel][index]
        return result


def examine(picture: np.ndarray) -> Findings:
    """Findings on an h x w x 3 uint8 picture of any size; a view of it at screen size is enough."""
    thumbnail = resample.shrink(picture, resample.fit(picture.shape[:2], THUMBNAIL_PIXELS, 8192))
    pixels = thumbnail.reshape(-1, 3).astype(np.float32)
    black, white = np.quantile(pixels, TAIL, axis=0), np.quantile(pixels, 1 - TAIL, axis=0)
    coarse = resample.shrink(thumbnail, resample.fit(thumbnail.shape[:2], LINE_PIXELS, 8192))
    middle = coarse.reshape(-1, 3).astype(np.float32)
    stray = np.abs(middle - ToneLine(middle)(middle @ LUMINANCE)).max(axis=1)
    low, span = float(black.mean()), float((white - black).mean())
    toned = bool(np.quantile(np.ptp(middle, axis=1), 0.95) > GREY_TOLERANCE)
    monochrome = bool(
        span >= LEAST_SPAN
        and np.median(stray) < MONOCHROME_MEDIAN
        and np.quantile(stray, 0.95) < MONOCHROME_TAIL
        and (not toned or _of_paper(middle))
    )
    levelled = 255 * (middle - black) / np.maximum(white - black, 1)
    sepia = bool(np.ptp(np.median(levelled, axis=0)) > SEPIA)
    lifted, narrow = FADED_COLOUR if not monochrome else FADED_PRINT if toned else FADED_GREY
    fading = ramp(low, *lifted) * ramp(span, *narrow) if span >= LEAST_SPAN else 0.0
    return Findings(
        monochrome,
        monochrome and toned,
        monochrome and toned and sepia,
        tuple(black.tolist()),
        tuple(white.tolist()),
        fading,
        float(max(np.ptp(black), np.ptp(white))),
    )


def plan(picture: np.ndarray, findings: Findings, color: str) -> Correction | None:
    """What `color` ("off", "auto", "neutral") makes of the findings; None when nothing is to be done."""
    levels = np.arange(CURVE_STEPS, dtype=np.float32)[:, None] / 16
    neutral = findings.monochrome and not findings.toned
    if color == "off":
        # Cleaning must not tint a grey photo either.
        return _correction(np.repeat(levels, 3, axis=1), True) if neutral else None
    black, white = np.array(findings.black), np.array(findings.white)
    if color == "neutral" or (findings.monochrome and not findings.sepia):
        ends = float(black @ LUMINANCE), float(white @ LUMINANCE)
        stretched = _stretch(levels, *ends, MONOCHROME_TARGET)
        return _correction(np.repeat(_mix(levels, stretched, findings.fading), 3, axis=1), True)
    if findings.fading <= 0:
        return None
    if findings.sepia:
        thumbnail = resample.shrink(picture, resample.fit(picture.shape[:2], LINE_PIXELS, 8192))
        line = ToneLine(thumbnail.reshape(-1, 3).astype(np.float32))(levels[:, 0])
        return _correction(_mix(line, _stretch(line, black, white, MONOCHROME_TARGET), findings.fading), True)
    black = CAST_SHARE * black + (1 - CAST_SHARE) * black.mean()
    white = CAST_SHARE * white + (1 - CAST_SHARE) * white.mean()
    return _correction(_mix(levels, _stretch(levels, black, white, COLOUR_TARGET), findings.fading), False)


class ToneLine:
    """Colour as a cubic of luminance, fitted to n x 3 pixels; called with luminances, gives n x 3."""

    def __init__(self, pixels: np.ndarray) -> None:
        brightness = pixels @ LUMINANCE
        self._ends = float(brightness.min()), float(brightness.max())
        powers = self._powers(brightness)
        self._weights = np.linalg.lstsq(powers, pixels, rcond=None)[0]

    def __call__(self, brightness: np.ndarray) -> np.ndarray:
        return self._powers(brightness) @ self._weights

    def _powers(self, brightness: np.ndarray) -> np.ndarray:
        # Outside the tones that were seen a cubic would run away.
        share = np.clip(brightness, *self._ends) / 255
        return np.stack([np.ones_like(share), share, share**2, share**3], axis=1)


def _of_paper(pixels: np.ndarray) -> bool:
    """Whether a tone can be that of old paper: warm and muted. A blue sky and a sunset are one tone, too."""
    warmth = pixels[:, 0] - pixels[:, 2]
    return bool(np.median(warmth) > 0 and np.quantile(warmth, 0.95) < WARMEST_PAPER)


def _correction(curves: np.ndarray, by_brightness: bool) -> Correction:
    return Correction(np.clip(np.rint(curves), 0, 255).astype(np.uint8).T.copy(), by_brightness)


def _stretch(
    levels: np.ndarray, black: np.ndarray | float, white: np.ndarray | float, target: tuple[float, float]
) -> np.ndarray:
    gain = np.minimum((target[1] - target[0]) / np.maximum(np.subtract(white, black), 1), STEEPEST)
    return np.asarray(target[0] + (levels - black) * gain)


def _mix(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    return before + share * (after - before)


def ramp(value: float, none: float, full: float) -> float:
    """0 at `none` and before, 1 at `full` and beyond, straight between; `full` may be the smaller."""
    return float(np.clip((value - none) / (full - none), 0, 1))


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
