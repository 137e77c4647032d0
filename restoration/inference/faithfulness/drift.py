"""How far colours moved where nothing was repaired: CIEDE2000 between two pictures."""

from dataclasses import dataclass

import numpy as np

# Colours are compared as means over squares of this side (pixels of the view): grain that was cleaned away is
# no drift, and a lip or an iris that changed its colour still fills one.
SIDE = 8
# A square counts when at least this share of it was not repaired.
LEAST_COVERED = 0.25

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)  # D65, the white of sRGB
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27
_CHROMA_KNEE = 25.0**7


@dataclass(frozen=True)
class Drift:
    """mean, p95: CIEDE2000 over the squares that were compared, mean and 95th percentile; squares: their number."""

    mean: float
    p95: float
    squares: int


def drift(before: np.ndarray, after: np.ndarray, outside: np.ndarray) -> Drift | None:
    """
    Colour drift from `before` to `after` (h x w x 3 uint8 RGB) where `outside` (h x w bool) is true.

    None when no square is left to compare.
    """
    covered = _squares(outside.astype(np.float32))
    whole = _squares(np.ones(outside.shape, np.float32))
    chosen = covered >= LEAST_COVERED * whole
    if not chosen.any():
        return None
    means = [
        _squares(picture * outside[..., None].astype(np.float32))[chosen] / covered[chosen][:, None]
        for picture in (before, after)
    ]
    found = difference(lab(means[0]), lab(means[1]))
    return Drift(float(found.mean()), float(np.quantile(found, 0.95)), int(found.size))


def lab(colours: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of sRGB colours (… x 3, levels of 255), as … x 3 float64."""
    coded = np.asarray(colours, np.float64) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    ratio = linear @ _TO_XYZ.T / _WHITE
    x, y, z = np.moveaxis(np.where(ratio > _EPSILON, np.cbrt(ratio), (_KAPPA * ratio + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """
    CIEDE2000 between CIELAB colours (… x 3), kL = kC = kH = 1.

    1 is about the smallest difference that an eye sees between two patches side by side.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(other, np.float64), -1, 0)
    # Hue is taken where greys count for less: a is stretched for colours close to grey.
    stretch = 1 + 0.5 * (1 - _knee((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = np.where(grey, 0, (h2 - h1 + 180) % 360 - 180)
    # Two hues straight across the circle have no shorter way; the standard takes the positive one.
    turn = np.where((turn == -180) & (h2 > h1), 180, turn)
    lightness, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = np.where(grey, h1 + h2, _mean_hue(h1, h2))
    tone = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    light = lightness / (1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2))
    strong = chroma / (1 + 0.045 * mean_c)
    turned = hue / (1 + 0.015 * mean_c * tone)
    blue = np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))
    rotation = -2 * _knee(mean_c) * np.sin(blue)
    return np.asarray(np.sqrt(light**2 + strong**2 + turned**2 + rotation * strong * turned))


def _mean_hue(h1: np.ndarray, h2: np.ndarray) -> np.ndarray:
    total = h1 + h2
    across = np.abs(h1 - h2) > 180
    return np.where(across, np.where(total < 360, total + 360, total - 360), total) / 2


def _knee(chroma: np.ndarray) -> np.ndarray:
    power = chroma**7
    return np.sqrt(power / (power + _CHROMA_KNEE))


def _squares(values: np.ndarray) -> np.ndarray:
    """Sums over squares; those at the right and lower edge may be smaller."""
    rows = np.add.reduceat(values, np.arange(0, values.shape[0], SIDE), axis=0)
    return np.add.reduceat(rows, np.arange(0, values.shape[1], SIDE), axis=1)
