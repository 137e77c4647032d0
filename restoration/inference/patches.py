"""A second look at wide damage: a lost patch differs from what lies around it, a plain wall or sky does not."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

# Damage that is still there when so many pixels are taken off its rim is wide; scratches and cracks are not.
RIM = 5
SEEN_FROM = 0.3
# Colour (levels of 255) by which the inside of the rim has to differ from the outside, and over how much of it:
# below the first share the patch is dropped, from the second on it is believed.
CONTRAST = 14.0
DOUBTED, BELIEVED = 0.45, 0.65
# On a photo without a sign of age both are higher by this.
DOUBT = 0.25
WINDOW = 15
# Patches are told apart at this share of the size.
CELL = 8


def without_plain_areas(picture: np.ndarray, damage: np.ndarray, age: float) -> np.ndarray:
    """
    `damage` (h x w uint8, 255 = certain) without wide patches that look like their surroundings in `picture`
    (h x w x 3 uint8). What is as thin as a scratch stays as it is. `age`: 0 to 1, from the analysis.
    """
    found = torch.from_numpy(damage).float()[None, None] / 255
    seen = (found > SEEN_FROM).float()
    core = _shrunk(seen, RIM)
    if not core.any():
        return damage
    wide = _grown(core, RIM + 2) * seen
    labels = _labels(wide)
    inner = wide * (1 - _shrunk(wide, RIM))
    outer = (1 - _grown(seen, 2)) * _grown(wide, RIM + 4)
    colours = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    inside, known_inside = _local_mean(colours, inner)
    outside, known_outside = _local_mean(colours, outer)
    rim = inner * known_inside * known_outside
    stands_out = rim * ((inside - outside).abs().amax(1, keepdim=True) > CONTRAST)
    share = _by_label(stands_out, labels) / np.maximum(_by_label(rim, labels), 1)
    trust = np.clip((share - DOUBTED - DOUBT * (1 - age)) / (BELIEVED - DOUBTED), 0, 1)
    # Where no surroundings were seen there is nothing against the patch.
    trust[_by_label(rim, labels) == 0] = 1
    trust[0] = 1
    return np.rint(damage * trust[labels]).astype(np.uint8)


def _labels(wide: Tensor) -> np.ndarray:
    """h x w int: 0 where nothing wide is, else the number of the patch."""
    height, width = wide.shape[-2:]
    cells = functional.max_pool2d(wide, CELL, CELL, ceil_mode=True)
    numbers = torch.arange(1.0, cells.numel() + 1).view_as(cells) * cells
    while True:
        spread = functional.max_pool2d(numbers, 3, 1, 1) * cells
        if torch.equal(spread, numbers):
            break
        numbers = spread
    unique, compact = np.unique(numbers[0, 0].numpy(), return_inverse=True)
    compact = compact.reshape(cells.shape[-2:]) + (0 if unique[0] == 0 else 1)
    full = compact.repeat(CELL, 0).repeat(CELL, 1)[:height, :width]
    return np.asarray(full * (wide[0, 0].numpy() > 0))


def _by_label(plane: Tensor, labels: np.ndarray) -> np.ndarray:
    return np.bincount(labels.ravel(), weights=plane.numpy().ravel(), minlength=int(labels.max()) + 1)


def _local_mean(colours: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    """Mean colour around each pixel over the pixels of `where`, and 1 where enough of them were there."""
    share = functional.avg_pool2d(where, WINDOW, 1, WINDOW // 2)
    mean = functional.avg_pool2d(colours * where, WINDOW, 1, WINDOW // 2) / share.clamp(min=1e-6)
    return mean, (share > 0.02).float()


def _grown(mask: Tensor, pixels: int) -> Tensor:
    return functional.max_pool2d(mask, 2 * pixels + 1, 1, pixels)


def _shrunk(mask: Tensor, pixels: int) -> Tensor:
    return 1 - _grown(1 - mask, pixels)
