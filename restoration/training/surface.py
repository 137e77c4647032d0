"""Damage that destroys: scratches, dust, hair, cracks, folds, tears, lost patches, mould.

Each function draws one kind of damage and returns it as a `Wound`: where it covers the picture and in
which colour. What is covered belongs into the mask.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from restoration.training.fields import (
    Array,
    Stencil,
    blurred,
    chance,
    cloudy_field,
    ragged_outline,
    smooth_field,
    somewhere,
    wandering_path,
)


class Wound(NamedTuple):
    """Coverage (H, W) in 0..1, colour (3,) or (H, W, 3) in 0..1, and a brightness step (H, W) or None."""

    coverage: Array
    colour: Array
    step: Array | None = None


def bare_colour(rng: np.random.Generator) -> Array:
    """Colour under a lost emulsion: paper white to yellow mostly, else grey, black or a dye layer."""
    kind = rng.random()
    if kind < 0.68:
        base = rng.uniform(0.72, 1.0)
        warm = rng.uniform(0, 0.22)
        return np.array([base, base * (1 - warm * 0.35), base * (1 - warm)], np.float32)
    if kind < 0.8:
        return np.full(3, rng.uniform(0.3, 0.75), np.float32)
    if kind < 0.94:
        return (np.full(3, rng.uniform(0.0, 0.2)) * rng.uniform(0.6, 1.4, 3)).astype(np.float32)
    return rng.uniform(0, 1, 3).astype(np.float32)


def rimmed(rng: np.random.Generator, print_: Array, coverage: Array) -> Array:
    """
    The edge of what broke away: dirt all around it, or the emulsion's own shadow on one side and light on the other.

    The edge is damaged but readable, and stays out of the mask.
    """
    if chance(rng, 0.5):
        near = np.clip(blurred(coverage, rng.uniform(0.7, 1.6)) * rng.uniform(1.2, 2.5), 0, 1)
        return print_ * (1 - near * np.float32(rng.uniform(0.2, 0.7)))[..., None]
    turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.8, 2.2)
    shift = (round(reach * np.sin(turn)), round(reach * np.cos(turn)))
    there, back = (np.roll(coverage, (way * shift[0], way * shift[1]), (0, 1)) for way in (1, -1))
    relief = blurred(np.maximum(there - coverage, 0), 0.6) * np.float32(-0.5)
    relief = relief + blurred(np.maximum(back - coverage, 0), 0.6) * np.float32(rng.uniform(0, 0.4))
    return np.clip(print_ * (1 + relief[..., None] * np.float32(rng.uniform(0.4, 1.2))), 0, 1)


def scratches(rng: np.random.Generator, height: int, width: int, count: int) -> Wound:
    """Straight and curved, thin and thick, whole and interrupted; some fields all run one way."""
    stencil = Stencil(height, width)
    common = rng.uniform(0, np.pi) if chance(rng, 0.4) else None
    for _ in range(count):
        angle = rng.uniform(0, 2 * np.pi) if common is None else common + rng.normal(0, 0.06)
        length = rng.uniform(0.06, 1.0) ** 1.5 * 1.3 * max(height, width)
        thickness = rng.choice(
            (rng.uniform(0.6, 1.6), rng.uniform(1.2, 3.0), rng.uniform(2.0, 5.0)), p=(0.5, 0.35, 0.15)
        )
        bend = rng.normal(0, 0.02) if chance(rng, 0.6) else rng.normal(0, 0.08)
        path = wandering_path(rng, somewhere(rng, height, width, -0.1), angle, length, 8.0, 0.02, bend)
        value = rng.uniform(0.55, 1.0)
        if chance(rng, 0.3):
            widths = thickness * np.clip(rng.normal(0.9, 0.5, len(path)), 0, 1.6)
            stencil.stroke(path, widths, value)
        else:
            stencil.line(path, thickness, value)
    return Wound(stencil.coverage(), bare_colour(rng))


def dust(rng: np.random.Generator, height: int, width: int, count: int) -> Wound:
    """Specks from under a pixel to a few pixels, round and ragged."""
    stencil = Stencil(height, width)
    largest = rng.uniform(1.0, 4.0)
    for _ in range(count):
        centre, radius = somewhere(rng, height, width), rng.uniform(0.5, largest)
        if chance(rng, 0.6):
            stencil.ellipse(centre, (radius, radius * rng.uniform(0.5, 1.5)), rng.uniform(0.6, 1))
        else:
            outline = ragged_outline(rng, centre, radius * 1.3, int(rng.integers(4, 8)), 0.5)
            stencil.polygon(outline, rng.uniform(0.6, 1))
    colour = bare_colour(rng)
    return Wound(stencil.coverage(), 1 - colour if chance(rng, 0.2) else colour)


def hair(rng: np.random.Generator, height: int, width: int, count: int) -> Wound:
    """Fibres that curl, dark or bright."""
    stencil = Stencil(height, width)
    for _ in range(count):
        path = wandering_path(
            rng,
            somewhere(rng, height, width),
            rng.uniform(0, 2 * np.pi),
            rng.uniform(20, 160),
            4.0,
            0.12,
            rng.normal(0, 0.08),
        )
        stencil.line(path, rng.uniform(0.6, 1.8), rng.uniform(0.6, 1))
    shade = rng.uniform(0.0, 0.25) if chance(rng, 0.55) else rng.uniform(0.8, 1.0)
    return Wound(stencil.coverage(), np.full(3, shade, np.float32))


def cracks(rng: np.random.Generator, height: int, width: int, count: int) -> Wound:
    """Breaks in the emulsion that branch, change width and show paper."""
    stencil = Stencil(height, width)

    def grow(start: tuple[float, float], angle: float, length: float, thickness: float, depth: int) -> None:
        path = wandering_path(rng, start, angle, length, rng.uniform(4, 14), rng.uniform(0.1, 0.35))
        widths = thickness * np.clip(rng.normal(1, 0.35, len(path)), 0.1, 2.2)
        if depth and chance(rng, 0.5):
            widths = widths * np.linspace(1, 0.3, len(path))
        stencil.stroke(path, widths)
        if depth < 3:
            for _ in range(int(rng.integers(0, 4))):
                fork = path[int(rng.integers(len(path)))]
                turn = rng.choice((-1, 1)) * rng.uniform(0.4, 1.4)
                grow(
                    fork,
                    angle + turn,
                    length * rng.uniform(0.2, 0.6),
                    thickness * rng.uniform(0.35, 0.9),
                    depth + 1,
                )

    for _ in range(count):
        length = rng.uniform(0.15, 1.1) * max(height, width)
        grow(
            somewhere(rng, height, width, -0.05), rng.uniform(0, 2 * np.pi), length, rng.uniform(0.8, 6.0), 0
        )
    if chance(rng, 0.25):
        _flake_along(rng, stencil, height, width)
    return Wound(stencil.coverage(), _textured(rng, bare_colour(rng), height, width))


def _flake_along(rng: np.random.Generator, stencil: Stencil, height: int, width: int) -> None:
    centre = somewhere(rng, height, width)
    for _ in range(int(rng.integers(3, 15))):
        near = (centre[0] + rng.normal(0, 25), centre[1] + rng.normal(0, 25))
        stencil.polygon(ragged_outline(rng, near, rng.uniform(1.5, 9), int(rng.integers(4, 9)), 0.5))


def fold(rng: np.random.Generator, height: int, width: int) -> Wound:
    """A crease across the picture: a broken white line, flakes beside it, one side a little darker."""
    stencil = Stencil(height, width)
    angle = rng.choice((0.0, np.pi / 2, rng.uniform(0, np.pi)), p=(0.3, 0.3, 0.4)) + rng.normal(0, 0.05)
    centre = somewhere(rng, height, width, 0.1)
    reach = float(height + width)
    start = (centre[0] - reach * np.cos(angle), centre[1] - reach * np.sin(angle))
    path = wandering_path(rng, start, float(angle), 2 * reach, 12.0, 0.004)
    thickness = rng.uniform(1.0, 5.0)
    widths = thickness * np.clip(rng.normal(0.9, 0.4 if chance(rng, 0.5) else 0.1, len(path)), 0, 2)
    stencil.stroke(path, widths)
    for _ in range(int(rng.integers(0, 14))):
        spot = path[int(rng.integers(len(path)))]
        stencil.polygon(ragged_outline(rng, spot, rng.uniform(1.5, 8), int(rng.integers(4, 9)), 0.5))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    side = (xs - centre[0]) * np.sin(angle) - (ys - centre[1]) * np.cos(angle)
    shape = 1 / (1 + np.exp(-side / rng.uniform(1, 4)))
    if chance(rng, 0.6):
        shape = shape * np.exp(-np.clip(side, 0, None) / rng.uniform(15, 120))
    step = shape.astype(np.float32) * np.float32(rng.uniform(-0.25, 0.15))
    return Wound(stencil.coverage(), _textured(rng, bare_colour(rng), height, width), step)


def tear(rng: np.random.Generator, height: int, width: int) -> Wound:
    """A corner or a piece of an edge torn away, often with a rim of bare paper."""
    stencil = Stencil(height, width)
    if chance(rng, 0.6):
        centre = (float(rng.choice((0, width))), float(rng.choice((0, height))))
        radius = rng.uniform(0.06, 0.35) * min(height, width)
    else:
        along = rng.random()
        centre = (
            (along * width, float(rng.choice((0, height))))
            if chance(rng, 0.5)
            else (float(rng.choice((0, width))), along * height)
        )
        radius = rng.uniform(0.04, 0.2) * min(height, width)
    outline = ragged_outline(
        rng, centre, radius, int(rng.integers(8, 40)), rng.uniform(0.1, 0.5), rng.uniform(1, 2)
    )
    stencil.polygon(outline)
    coverage = stencil.coverage()
    colour = _textured(rng, bare_colour(rng), height, width)
    if chance(rng, 0.5):
        rim = np.clip(blurred(coverage, rng.uniform(1.5, 4)) * 6, 0, 1)
        inside = coverage[..., None]
        colour = bare_colour(rng) * (1 - inside) + colour * inside
        coverage = np.maximum(coverage, (rim > 0.35).astype(np.float32))
    return Wound(coverage, colour)


def lost_patches(rng: np.random.Generator, height: int, width: int, count: int) -> Wound:
    """Emulsion that came off in pieces, from a few pixels to a seventh of the picture."""
    stencil = Stencil(height, width)
    for _ in range(count):
        radius = rng.choice(
            (rng.uniform(3, 12), rng.uniform(8, 26), rng.uniform(20, 60)), p=(0.45, 0.4, 0.15)
        )
        outline = ragged_outline(
            rng,
            somewhere(rng, height, width),
            float(radius),
            int(rng.integers(6, 26)),
            rng.uniform(0.05, 0.65),
            rng.uniform(1, 2.2),
        )
        stencil.polygon(outline)
    return Wound(stencil.coverage(), _textured(rng, bare_colour(rng), height, width))


def mould(rng: np.random.Generator, height: int, width: int) -> Wound:
    """Colonies of small blots, pale or greenish or dark."""
    clusters = smooth_field(rng, height, width, int(rng.integers(2, 6)))
    fine = cloudy_field(rng, height, width, int(rng.integers(25, 70)), 2)
    level = rng.uniform(0.7, 0.85)
    coverage = np.clip((fine * (0.6 + 0.4 * clusters) - level * 0.85) * 14, 0, 1).astype(np.float32)
    base = rng.choice((rng.uniform(0.05, 0.3), rng.uniform(0.6, 0.95)))
    colour = np.array([base * 0.92, base, base * rng.uniform(0.7, 0.95)], np.float32)
    return Wound(coverage * np.float32(rng.uniform(0.5, 1.0)), colour)


def _textured(rng: np.random.Generator, colour: Array, height: int, width: int) -> Array:
    """Paper is not one flat colour: shading, fibres and dirt."""
    if chance(rng, 0.35):
        return colour
    relief = rng.standard_normal((height, width), dtype=np.float32) * np.float32(rng.uniform(0, 0.05))
    relief += (smooth_field(rng, height, width, int(rng.integers(2, 20))) - 0.5) * np.float32(
        rng.uniform(0, 0.25)
    )
    return np.clip(colour + relief[..., None], 0, 1)
