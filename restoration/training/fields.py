"""Random fields, outlines and strokes: the raw material of synthetic damage. Arrays are (H, W) float32."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[np.float32]
Point = tuple[float, float]

_OVERSAMPLING = 2


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)


def smooth_field(rng: np.random.Generator, height: int, width: int, cells: int) -> Array:
    """Smooth random field in about 0..1, with about `cells` bumps across."""
    grid = rng.random((cells + 2, cells + 2), dtype=np.float32)
    return np.asarray(Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC))


def cloudy_field(rng: np.random.Generator, height: int, width: int, cells: int, octaves: int = 3) -> Array:
    """Sum of smooth fields, each twice as fine and half as strong, stretched to 0..1."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        total += smooth_field(rng, height, width, cells * 2**octave) * 0.55**octave
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(high - low, 1e-6)


def blurred(field: Array, sigma: float) -> Array:
    """Gaussian blur of a 0..1 field, by way of 8 bits."""
    picture = Image.fromarray(np.clip(field * 255.0 + 0.5, 0, 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(sigma)), np.float32) / 255.0


class Stencil:
    """A canvas on which damage is drawn at twice the size and taken down with soft edges."""

    def __init__(self, height: int, width: int) -> None:
        self._image = Image.new("L", (width * _OVERSAMPLING, height * _OVERSAMPLING))
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[Point], value: float = 1.0) -> None:
        """Fill an outline; points are (x, y) in pixels of the picture."""
        if len(points) > 2:
            self._draw.polygon(_scaled(points), fill=round(255 * value))

    def line(self, points: Sequence[Point], width: float, value: float = 1.0) -> None:
        """Draw a polyline of one width."""
        self._draw.line(
            _scaled(points),
            fill=round(255 * value),
            width=max(1, round(width * _OVERSAMPLING)),
            joint="curve",
        )

    def stroke(self, points: Sequence[Point], widths: Iterable[float], value: float = 1.0) -> None:
        """Draw a polyline whose width changes from segment to segment."""
        for start, end, width in zip(points[:-1], points[1:], widths, strict=False):
            if width > 0.2:
                self.line([start, end], width, value)

    def ellipse(self, centre: Point, radii: Point, value: float = 1.0) -> None:
        """Fill an upright ellipse."""
        (x, y), (a, b) = centre, radii
        box = [
            (x - a) * _OVERSAMPLING,
            (y - b) * _OVERSAMPLING,
            (x + a) * _OVERSAMPLING,
            (y + b) * _OVERSAMPLING,
        ]
        self._draw.ellipse(box, fill=round(255 * value))

    def coverage(self) -> Array:
        """(H, W) in 0..1."""
        return np.asarray(self._image.reduce(_OVERSAMPLING), np.float32) / 255.0


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * _OVERSAMPLING, y * _OVERSAMPLING) for x, y in points]


def wandering_path(
    rng: np.random.Generator,
    start: Point,
    angle: float,
    length: float,
    step: float,
    wobble: float,
    bend: float = 0.0,
) -> list[Point]:
    """A path that keeps its direction roughly: `wobble` radians of jitter a step, `bend` radians of drift."""
    points = [start]
    x, y = start
    for _ in range(max(2, int(length / step))):
        angle += bend + float(rng.normal(0.0, wobble))
        x, y = x + step * np.cos(angle), y + step * np.sin(angle)
        points.append((float(x), float(y)))
    return points


def ragged_outline(
    rng: np.random.Generator,
    centre: Point,
    radius: float,
    corners: int,
    raggedness: float,
    stretch: float = 1.0,
) -> list[Point]:
    """A closed outline around `centre`; raggedness 0 is round, 0.6 is a star."""
    angles = np.sort(rng.random(corners)) * 2 * np.pi
    radii = radius * (1 + raggedness * rng.uniform(-1, 1, corners))
    turn = rng.uniform(0, np.pi)
    along, across = radii * np.cos(angles) * stretch, radii * np.sin(angles)
    xs = centre[0] + along * np.cos(turn) - across * np.sin(turn)
    ys = centre[1] + along * np.sin(turn) + across * np.cos(turn)
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def somewhere(rng: np.random.Generator, height: int, width: int, margin: float = 0.0) -> Point:
    """A random point; a negative margin allows points outside."""
    x = rng.uniform(margin * width, (1 - margin) * width)
    y = rng.uniform(margin * height, (1 - margin) * height)
    return float(x), float(y)
