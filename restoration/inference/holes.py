"""
Deep holes are closed from coarse to fine: at half the size they are half as deep, and the network that blurs over
60 pixels draws on through 30. What it drew there stands in for the smooth fill one size up.

Coarse-to-fine filling is as old as image pyramids; compare Wexler, Shechtman and Irani, Space-Time Completion of Video
(2007), section 3.
"""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from restoration.inference.patches import grown
from restoration.inference.stages import Advance

# A hole with pixels farther from its rim than this is deep.
DEEP = 8
# A soft rim around what is taken from the coarser picture.
RIM = 4
# Of four pixels at least one must be whole for the smaller picture's to be so.
WHOLE = 0.25
# Shorter sides are not halved: what is all hole would be so at any size.
SHORTEST = 64
# A picture of half the size costs a quarter.
SMALLER_SHARE = 0.2

Render = Callable[[np.ndarray, Advance], np.ndarray]
"""Planes, h x w x 4 or 8 uint8 (picture, damage; guess and where it counts) → the mended picture, h x w x 3 uint8."""


def mend(render: Render, picture: np.ndarray, damage: np.ndarray, advance: Advance) -> np.ndarray:
    """`picture` (h x w x 3 uint8) with `damage` (h x w uint8, 255 = certain) mended, deep holes coarse to fine."""
    planes = np.dstack((picture, damage))
    where = deep(damage)
    height, width = damage.shape
    if not where.any() or min(height, width) < SHORTEST:
        return render(planes, advance)
    small = mend(render, *halved(picture, damage), lambda share: advance(SMALLER_SHARE * share))
    doubled = Image.fromarray(small).resize(
        (2 * small.shape[1], 2 * small.shape[0]), Image.Resampling.BILINEAR
    )
    guess = np.asarray(doubled)[:height, :width]
    rest = 1 - SMALLER_SHARE
    return render(np.dstack((planes, guess, where)), lambda share: advance(SMALLER_SHARE + rest * share))


def deep(damage: np.ndarray) -> np.ndarray:
    """Where `damage` (h x w uint8) is a deep hole: h x w uint8, 255 inside, fading towards its rim, 0 elsewhere."""
    mask = torch.from_numpy(damage).float()[None, None] / 255
    core = 1 - grown((mask < 0.5).float(), DEEP)
    if not core.any():
        return np.zeros_like(damage)
    inner = grown(core, DEEP - RIM)
    soft = functional.avg_pool2d(inner, 2 * RIM + 1, 1, RIM, count_include_pad=False)
    return (255 * soft * mask).round_().byte()[0, 0].numpy()


def halved(picture: np.ndarray, damage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Picture and damage at half the size; only whole pixels count where there are any."""
    own = functional.pad(
        torch.from_numpy(np.dstack((picture, damage))).permute(2, 0, 1)[None].float(),
        (0, damage.shape[1] % 2, 0, damage.shape[0] % 2),
        mode="replicate",
    )
    whole = 1 - own[:, 3:] / 255
    share = functional.avg_pool2d(whole, 2)
    colour = functional.avg_pool2d(own[:, :3] * whole, 2) / share.clamp_min(1e-3)
    plain = functional.avg_pool2d(own[:, :3], 2)
    colour = torch.where(share >= WHOLE, colour, plain).clamp_(0, 255).round_()
    lost = 255 * (share < WHOLE)
    return colour[0].permute(1, 2, 0).byte().contiguous().numpy(), lost[0, 0].byte().numpy()
