"""Holes painted by a network that was made for it (LaMa …), inside the damage mask and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from torch import Tensor

from restoration.imaging.mask import DAMAGED
from restoration.inference import tiling
from restoration.inference.mending import INVENTED_FROM
from restoration.inference.plugins.manifest import Manifest
from restoration.inference.plugins.stage import Plugin, PluginStage

if TYPE_CHECKING:
    from restoration.inference.stages import Advance, Work

OVERLAP_SHARE = 4


class Inpaint(PluginStage):
    """
    Paints what the mask that came with the photo marks, or else what the repair network filled with nothing
    to go by. Pixels outside stay as they are, to the byte.
    """

    kind = "inpaint"

    def unfit(self, work: Work, manifest: Manifest) -> str:
        mask = holes(work)
        return "" if mask.any() else "no hole was found and no damage mask given"

    def apply(self, work: Work, plugin: Plugin, advance: Advance) -> dict[str, Any]:
        mask = holes(work)
        tile = plugin.manifest.limits.tile

        def paint(tensor: Tensor, within: Callable[[float], None]) -> Tensor:
            image, hole = tensor[:, :3], tensor[:, 3:]
            return plugin.model(image, within, hole) if hole.any() else image

        # The mask travels as a fourth channel, so that every tile comes with its own part of it.
        layered = np.dstack((work.picture, mask.astype(np.uint8) * 255))
        result = tiling.run(
            paint, layered, scale=1, tile=tile, overlap=tile // OVERLAP_SHARE, advance=advance
        )
        np.copyto(result, work.picture, where=~mask[..., None])
        work.picture = result
        return {"invented": round(float(mask.mean()), 6)}


def holes(work: Work) -> np.ndarray:
    """
    h x w bool at the picture's size: the mask that was given, or else what the repair took nothing of the
    photo for.
    """
    height, width = work.picture.shape[:2]
    if work.mask is not None:
        found = work.mask >= DAMAGED
    elif work.weight is not None:
        found = work.weight >= INVENTED_FROM
    else:
        return np.zeros((height, width), np.bool_)
    if found.shape == (height, width):
        return found
    return np.asarray(Image.fromarray(found).resize((width, height), Image.Resampling.NEAREST))
