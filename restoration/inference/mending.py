"""What the repair network made of a picture, and the picture with as much of it as the settings take over."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from restoration.inference import resample
from restoration.inference.strength import Strength

# A pixel that comes from the repair to this much of 255 kept nothing of its own.
INVENTED_FROM = 230


@dataclass(frozen=True, eq=False)
class Mended:
    """
    picture: h x w x 3 uint8, the network's rendering, at the size it worked at
    damage:  h x w uint8, probability of damage, 255 = certain
    """

    picture: np.ndarray
    damage: np.ndarray

    @cached_property
    def damaged(self) -> float:
        """Share of the pixels that are rather damaged than not."""
        return float((self.damage > 127).mean())

    def certain(self, strength: Strength) -> np.ndarray:
        """h x w uint8: how far each pixel counts as damaged with these settings; 255 = wholly."""
        first, full = (255 * share for share in strength.damage)
        share = torch.from_numpy(self.damage).float().sub_(first).div_(full - first).clamp_(0, 1)
        return share.mul_(255).round_().byte().numpy()


def weight_of(certain: np.ndarray) -> np.ndarray:
    """h x w uint8, of the same kind as `Mended.certain` gives: how much of each pixel comes from the rendering."""
    inner = torch.from_numpy(certain).float()[None, None]
    # A pixel wider than what was found, with a soft rim: damage bleeds into its neighbours.
    soft = functional.avg_pool2d(functional.max_pool2d(inner, 3, 1, 1), 3, 1, 1, count_include_pad=False)
    return torch.maximum(soft, inner).round_().byte()[0, 0].numpy()


class Composed:
    """
    A picture with its repairs, made for the part that is asked for: at 25 megapixels a second picture in
    memory would cost more than making the few damaged parts twice. Read like an h x w x 3 uint8 array.
    """

    def __init__(self, picture: np.ndarray, mended: Mended, weight: np.ndarray, denoise: float) -> None:
        """`denoise`: share of the rendering taken beside the damage, where it has the picture's size."""
        self._picture, self._mended, self._weight = picture, mended, weight
        self._full_size = mended.picture.shape == picture.shape
        self._denoise = denoise if self._full_size else 0.0
        self.shape = picture.shape
        self.dtype = picture.dtype

    def __getitem__(self, part: slice | tuple[slice, ...]) -> np.ndarray:
        rows, columns = part[:2] if isinstance(part, tuple) else (part, slice(None))
        top, bottom, _ = rows.indices(self.shape[0])
        left, right, _ = columns.indices(self.shape[1])
        own = self._picture[top:bottom, left:right]
        share, rendering = self._rendered(top, bottom, left, right)
        if rendering is None:
            return np.array(own)
        share = share[..., None] * np.float32(1 / 255)
        share = share + (1 - share) * np.float32(self._denoise)
        # The difference in float32: uint8 would wrap.
        mixed = own + share * (rendering.astype(np.float32) - own)
        return np.asarray(np.rint(mixed).astype(np.uint8))

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> np.ndarray:
        return self[:, :] if dtype is None else self[:, :].astype(dtype)

    def _rendered(self, top: int, bottom: int, left: int, right: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Weight and rendering of a part at the picture's size; None where nothing of it is wanted."""
        if self._full_size:
            part = np.s_[top:bottom, left:right]
            share = self._weight[part]
            wanted = self._denoise > 0 or share.any()
            return share, self._mended.picture[part] if wanted else None
        place, size = (top, bottom, left, right), (self.shape[0], self.shape[1])
        share = resample.window(self._weight_image, size, place)
        return share, resample.window(self._rendering_image, size, place) if share.any() else None

    @cached_property
    def _weight_image(self) -> Image.Image:
        return Image.fromarray(self._weight)

    @cached_property
    def _rendering_image(self) -> Image.Image:
        return Image.fromarray(self._mended.picture)
