"""A second look at wide damage: a lost patch is one at any size and seen in a mirror, a plain wall is not."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

# Damage that is still there when so many pixels are taken off its rim is wide; scratches and cracks are not.
RIM = 5
SEEN_FROM = 0.3
# Mean probability in the second look up to which a patch is dropped, and from which on it is believed. Lost
# patches of aged prints had at least 0.74, walls, clouds and porcelain taken for one at most 0.1.
DOUBTED, BELIEVED = 0.15, 0.45
# Patches are told apart at this share of the size.
CELL = 8


def wide(damage: np.ndarray) -> np.ndarray:
    """The wide patches in `damage` (h x w uint8, 255 = certain), numbered from 1: h x w int, 0 elsewhere."""
    seen = (torch.from_numpy(damage).float()[None, None] > 255 * SEEN_FROM).float()
    core = 1 - grown(1 - seen, RIM)
    if not core.any():
        return np.zeros(damage.shape, np.int64)
    return _numbered(grown(core, RIM + 2) * seen)


def confirmed(damage: np.ndarray, patches: np.ndarray, again: np.ndarray) -> np.ndarray:
    """`damage` without those `patches`, from `wide`, that a second look at the picture, `again`, does not show."""
    sums = np.bincount(patches.ravel(), weights=again.ravel() / 255)
    trust = np.clip(
        (sums / np.maximum(np.bincount(patches.ravel()), 1) - DOUBTED) / (BELIEVED - DOUBTED), 0, 1
    )
    # What is as thin as a scratch does not show at half the size, and stays as it is.
    trust[0] = 1
    return np.rint(damage * trust[patches]).astype(np.uint8)


def _numbered(mask: Tensor) -> np.ndarray:
    height, width = mask.shape[-2:]
    cells = functional.max_pool2d(mask, CELL, CELL, ceil_mode=True)
    numbers = torch.arange(1.0, cells.numel() + 1).view_as(cells) * cells
    while True:
        spread = functional.max_pool2d(numbers, 3, 1, 1) * cells
        if torch.equal(spread, numbers):
            break
        numbers = spread
    unique, compact = np.unique(numbers[0, 0].numpy(), return_inverse=True)
    compact = compact.reshape(cells.shape[-2:]) + (0 if unique[0] == 0 else 1)
    full = compact.repeat(CELL, 0).repeat(CELL, 1)[:height, :width]
    return np.asarray(full * (mask[0, 0].numpy() > 0))


def grown(mask: Tensor, pixels: int) -> Tensor:
    """[1, 1, h, w] with every pixel the largest within a square of that many pixels around it."""
    across = functional.max_pool2d(mask, (1, 2 * pixels + 1), 1, (0, pixels))
    return functional.max_pool2d(across, (2 * pixels + 1, 1), 1, (pixels, 0))
