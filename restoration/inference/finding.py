"""Finds damage: two looks at the picture, another at what is wide, and three more where nothing speaks for age."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from restoration.inference import patches, resample
from restoration.inference.stages import Advance
from restoration.inference.tone import ramp

Look = Callable[[np.ndarray, Advance], np.ndarray]
"""h x w x 3 uint8 → probability of damage, h x w uint8, 255 = certain."""

# Share of the picture that is damaged from which on a photo counts as old: (not at all, wholly). Twenty-eight views
# of healthy photos, unknown to the network, show at most 0.003.
DAMAGE_OF_AGE = (0.01, 0.03)
# The look at wide damage is at half the size: a quarter of a whole one.
WIDE_LOOK = 0.25
# A photo without age is looked at again upside down, on its side and smaller: a scratch is one each time, a wire or a
# glint on a cup seldom is.
FURTHER_LOOKS, SMALLER = 3, 0.75
SEEN_FROM = 0.3
# The least probability of all looks, averaged over what was seen within so many pixels: up to the first damage is
# dropped, from the second on it is believed. Of 24 healthy views that the network does not know the worst then comes
# out at 50 dB of itself, colours aside, and planted damage gains 6.2 dB.
WINDOW = 17
DOUBTED, BELIEVED = 0.75, 0.9


def looks(age: float) -> float:
    """How many looks a photo of this `age` (0 to 1) takes."""
    return 2 + WIDE_LOOK + (FURTHER_LOOKS if age < 1 else 0)


def find(look: Look, picture: np.ndarray, age: float, advance: Advance) -> tuple[np.ndarray, float]:
    """
    Damage in `picture` (h x w x 3 uint8) as far as it is believed, h x w uint8, and how far so much damage is itself
    a sign of age, 0 to 1. The more signs of `age` there are, the less is doubted: at 1 nothing.
    """
    first = looks(1.0) / looks(age)
    damage = _confirmed(look, picture, lambda share: advance(first * share))
    aged = ramp(float((damage > 127).mean()), *DAMAGE_OF_AGE)
    age = max(age, aged)
    if age == 1 or not damage.any():
        return damage, aged
    least = _least(look, picture, damage, lambda share: advance(first + (1 - first) * share))
    return np.rint(damage * (age + (1 - age) * trust(damage, least))).astype(np.uint8), aged


def trust(damage: np.ndarray, least: np.ndarray) -> np.ndarray:
    """How far `damage` is to be believed, h x w in 0..1; `least` is the least that any look saw, both h x w uint8."""
    seen = torch.from_numpy(damage).float()[None, None] > 255 * SEEN_FROM
    both = torch.cat((torch.from_numpy(least).float()[None, None] * seen, 255.0 * seen), 1)
    agreed, found = functional.avg_pool2d(both, WINDOW, 1, WINDOW // 2)[0]
    return ((agreed / found.clamp_min(1e-3) - DOUBTED) / (BELIEVED - DOUBTED)).clamp_(0, 1).numpy()


def _confirmed(look: Look, picture: np.ndarray, advance: Advance) -> np.ndarray:
    """The mean of two looks, one of them in a mirror; what is wide only if it shows at half the size, too."""
    part = 1 / looks(1.0)
    damage = look(picture, lambda share: advance(part * share))
    mirrored = np.ascontiguousarray(picture[:, ::-1])
    again = look(mirrored, lambda share: advance(part * (1 + share)))[:, ::-1]
    damage = ((damage.astype(np.uint16) + again + 1) // 2).astype(np.uint8)
    wide = patches.wide(damage)
    if not wide.any():
        return damage
    again = look(_smaller(mirrored, 0.5), lambda share: advance(part * (2 + WIDE_LOOK * share)))
    return patches.confirmed(damage, wide, _enlarged(again[:, ::-1], damage.shape))


def _least(look: Look, picture: np.ndarray, damage: np.ndarray, advance: Advance) -> np.ndarray:
    def seen(number: int, turned: np.ndarray) -> np.ndarray:
        part = np.ascontiguousarray(turned)
        return look(part, lambda share: advance((number + share) / FURTHER_LOOKS))

    least = np.minimum(damage, seen(0, picture[::-1])[::-1])
    least = np.minimum(least, seen(1, picture.swapaxes(0, 1)).swapaxes(0, 1))
    smaller = torch.from_numpy(_enlarged(seen(2, _smaller(picture, SMALLER)), damage.shape).copy())
    # A pixel wider: enlarged again, a thin scratch is soft at its sides.
    return np.minimum(least, patches.grown(smaller.float()[None, None], 1)[0, 0].byte().numpy())


def _smaller(picture: np.ndarray, share: float) -> np.ndarray:
    height, width = (max(1, round(side * share)) for side in picture.shape[:2])
    return resample.shrink(np.ascontiguousarray(picture), (height, width))


def _enlarged(damage: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    return np.asarray(Image.fromarray(damage).resize((size[1], size[0]), Image.Resampling.BILINEAR))
