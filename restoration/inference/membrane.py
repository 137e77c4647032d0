"""Fill of damaged pixels from what surrounds them: a pull-push pyramid, coarse to fine.

It closes holes of any size with a smooth membrane, costs a few elementwise passes and has no weights.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

LEVELS = 5
"""Deepest level is 1/32 of the picture."""


def fill_from_surroundings(picture: Tensor, damage: Tensor) -> Tensor:
    """(N, 3, H, W) picture and (N, 1, H, W) damage in 0..1 → picture with damaged pixels filled, fp32.

    H and W are multiples of 32. Neighbours of damage count less too: its soft rim carries its colour.
    """
    with torch.autocast(picture.device.type, enabled=False):
        picture, damage = picture.float(), damage.float()
        trust = (1.0 - F.max_pool2d(damage, 3, stride=1, padding=1)).square()
        weights = [trust]
        colours = [picture]
        for _ in range(LEVELS):
            weight, colour = weights[-1], colours[-1]
            pooled = F.avg_pool2d(weight, 2)
            colours.append(F.avg_pool2d(colour * weight, 2) / (pooled + 1e-4))
            # Two trusted pixels of four are enough to believe the cell fully.
            weights.append((pooled * 2.0).clamp(max=1.0))
        # In the middle of a wide hole not even the deepest cell saw anything: the mean of what was seen stands in.
        weight, colour = weights[-1], colours[-1]
        seen = (colour * weight).sum((2, 3), keepdim=True) / weight.sum((2, 3), keepdim=True).clamp(min=1e-4)
        surroundings = seen + (colour - seen) * weight
        for weight, colour in zip(reversed(weights[1:-1]), reversed(colours[1:-1]), strict=True):
            surroundings = _double(surroundings)
            surroundings = surroundings + (colour - surroundings) * weight
        surroundings = _double(surroundings)
        return picture + (surroundings - picture) * damage


def _double(picture: Tensor) -> Tensor:
    return F.interpolate(picture, scale_factor=2.0, mode="bilinear", align_corners=False)
