"""What time does to tones and colours: monochrome, sepia, fading, dye loss, uneven fading, stains, silvering.

Pictures are (H, W, 3) float32 in 0..1. Nothing here is damage in the sense of the mask: the picture is
still there underneath.
"""

from __future__ import annotations

import numpy as np

from restoration.training.fields import Array, blurred, chance, cloudy_field, smooth_field

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def to_grey(picture: Array) -> Array:
    """Luma in all three channels."""
    return np.repeat((picture @ LUMA)[..., None], 3, axis=2)


def is_grey(picture: Array) -> bool:
    """Whether a photograph has next to no colour to begin with."""
    spread = picture[::4, ::4].max(axis=2) - picture[::4, ::4].min(axis=2)
    return bool(np.quantile(spread, 0.97) < 0.05)


def toned(rng: np.random.Generator, grey: Array) -> Array:
    """A monochrome print with a tone: sepia mostly, sometimes selenium, cyanotype or a hand-warm black."""
    luma = grey[..., :1]
    kind = rng.random()
    if kind < 0.75:
        white = np.array([rng.uniform(0.8, 1.0), rng.uniform(0.7, 0.95), rng.uniform(0.45, 0.88)])
        white = np.sort(white)[::-1]
        black = np.array([rng.uniform(0.02, 0.3), rng.uniform(0.0, 0.22), rng.uniform(0.0, 0.16)])
        black = np.sort(black)[::-1]
        gamma = np.array([rng.uniform(0.6, 1.0), rng.uniform(0.75, 1.2), rng.uniform(0.9, 1.7)])
    else:
        white = rng.uniform(0.7, 1.0) * (1 + rng.normal(0, 0.06, 3))
        black = rng.uniform(0.0, 0.2) * (1 + rng.normal(0, 0.4, 3))
        gamma = rng.uniform(0.7, 1.4) * (1 + rng.normal(0, 0.08, 3))
    gamma *= rng.uniform(0.75, 1.25)
    black, white = np.clip(black, 0, 0.35), np.clip(white, 0.4, 1)
    return (black + (white - black) * np.power(luma, gamma)).astype(np.float32)


def faded(rng: np.random.Generator, picture: Array, strength: float) -> Array:
    """Lifted blacks, dulled whites, a curve, a cast and lost saturation, unequal between the channels."""
    luma: Array = picture @ LUMA
    saturation = 1 - strength * rng.uniform(0, 0.6)
    picture = (luma[..., None] + (picture - luma[..., None]) * saturation).astype(np.float32)
    if chance(rng, 0.5):
        # One dye goes first: its channel loses density.
        dye = int(rng.integers(3))
        density = np.ones(3)
        density[dye] -= strength * rng.uniform(0.1, 0.6)
        density[(dye + 1) % 3] -= strength * rng.uniform(0, 0.2)
        picture = np.power(np.clip(picture, 1e-3, 1), density.astype(np.float32))
    black = strength * (rng.uniform(0, 0.25) + rng.uniform(0, 0.15, 3))
    white = 1 - strength * (rng.uniform(0, 0.25) + rng.uniform(0, 0.3, 3) * (rng.random(3) < 0.7))
    gamma = np.exp(strength * (rng.normal(0, 0.25) + rng.normal(0, 0.15, 3)))
    if chance(rng, 0.5):
        # Paper yellows: blue is lost most.
        white = np.sort(white)[::-1]
    white = np.maximum(white, black + 0.3)
    curved = np.power(np.clip(picture, 0, 1), gamma.astype(np.float32))
    mixed = curved @ (np.eye(3) + rng.normal(0, 0.04 * strength, (3, 3))).astype(np.float32)
    return (black + (white - black) * mixed).astype(np.float32)


def unevenly_faded(rng: np.random.Generator, picture: Array) -> Array:
    """Light that came in from a side, a frame's shadow, a vignette, or blotches; up to 40 %."""
    height, width = picture.shape[:2]
    amount = rng.uniform(0.1, 0.5)
    kind = rng.random()
    if kind < 0.35:
        ys, xs = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        field = (xs - 0.5) * np.float32(np.cos(angle)) + (ys - 0.5) * np.float32(np.sin(angle))
        field = 1 / (1 + np.exp(-field * np.float32(rng.uniform(3, 12))))
    elif kind < 0.6:
        ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
        field = np.clip((xs**2 + ys**2) / 2, 0, 1) ** np.float32(rng.uniform(0.7, 2))
        if chance(rng, 0.3):
            field = 1 - field
    else:
        field = cloudy_field(rng, height, width, int(rng.integers(1, 4)), 2)
    field = (field * amount).astype(np.float32)[..., None]
    if chance(rng, 0.5):
        towards = np.array([0.95, 0.88, 0.72], np.float32) * np.float32(rng.uniform(0.75, 1.05))
        return picture + (towards - picture) * field
    return picture * (1 - field)


def stained(rng: np.random.Generator, picture: Array) -> Array:
    """Water, tea, glue, tape: a translucent tint, often with a darker rim."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        tint = np.array([rng.uniform(0.65, 1), rng.uniform(0.5, 0.95), rng.uniform(0.25, 0.85)], np.float32)
        if chance(rng, 0.2):
            tint = tint[rng.permutation(3)]
        if chance(rng, 0.15):
            shape = np.zeros((height, width), np.float32)
            top, left = int(rng.integers(height)), int(rng.integers(width))
            shape[top : top + int(rng.integers(20, 70)), left : left + int(rng.integers(60, 300))] = 1
        else:
            field = cloudy_field(rng, height, width, int(rng.integers(1, 5)))
            level = rng.uniform(0.55, 0.85)
            shape = np.clip((field - level) * rng.uniform(8, 60), 0, 1).astype(np.float32)
        rim = blurred(shape, rng.uniform(1.5, 5))
        rim = np.clip(4 * rim * (1 - rim), 0, 1) * np.float32(rng.uniform(0, 0.5))
        strength = np.clip(shape * np.float32(rng.uniform(0.2, 0.9)) + rim, 0, 1)[..., None]
        if chance(rng, 0.25):
            lift = np.float32(rng.uniform(0.6, 0.95)) * tint
            picture = picture + (lift - picture) * strength * np.float32(0.5)
        else:
            picture = picture * (1 - strength + strength * tint)
    return picture


def silvered(rng: np.random.Generator, picture: Array) -> Array:
    """Bluish metallic sheen in the shadows, near the edges mostly."""
    height, width = picture.shape[:2]
    ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    edge = np.clip(np.maximum(np.abs(xs), np.abs(ys)) ** 3, 0, 1)
    where = edge * smooth_field(rng, height, width, 5) * np.float32(rng.uniform(0.3, 0.9))
    dark = np.clip(1 - (picture @ LUMA) * 1.8, 0, 1)
    sheen = np.array([0.55, 0.62, 0.72], np.float32)
    return picture + (sheen - picture) * (where * dark)[..., None]
