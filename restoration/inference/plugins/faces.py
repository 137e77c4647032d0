"""Faces redrawn by a network, each in a square of its own, and blended back by half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from restoration.inference.faithfulness.faces import NO_DETECTOR, Box, find, has_detector
from restoration.inference.plugins.manifest import Manifest
from restoration.inference.plugins.stage import Plugin, PluginStage

if TYPE_CHECKING:
    from restoration.inference.stages import Advance, Work

# The side that face networks are made for.
SIDE = 512
# They were trained on squares with the eyes at 0.469 of the height, a quarter of the side apart. A box of the
# detector, which has them at 0.28 of its height, becomes such a square when it is made this much larger and
# its top is moved up by this share of its height.
GROWTH, ABOVE = 1.9, 0.61
# A face that fills a larger square holds more detail than the network draws.
LARGEST_SIDE = 768
# How much of the network's face is taken: with all of it people say "this is not my grandmother any more".
TAKEN = 0.5
FEATHER = 0.12


class Face(PluginStage):
    """GFPGAN, RestoreFormer and their like. Faces are found by the detector of the faithfulness report."""

    kind = "face"

    def unfit(self, work: Work, manifest: Manifest) -> str:
        return "" if has_detector() else NO_DETECTOR

    def pixels(self, work: Work) -> int:
        return SIDE * SIDE

    def apply(self, work: Work, plugin: Plugin, advance: Advance) -> dict[str, Any]:
        squares = [square(box) for box in find(work.picture)]
        fitting = [(left, top, side) for left, top, side in squares if side <= LARGEST_SIDE]
        if not fitting:
            return {"done": False, "why": "no face of a fitting size was found", "faces": len(squares)}
        result = np.array(work.picture)
        for number, place in enumerate(fitting):

            def within(share: float, number: int = number) -> None:
                advance((number + share) / len(fitting))

            original = crop(work.picture, place)
            image = Image.fromarray(original).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float().div_(255)
            drawn = plugin.model(tensor, within)[0].permute(1, 2, 0).mul(255).round_().byte().numpy()
            side = place[2]
            drawn = np.asarray(Image.fromarray(drawn).resize((side, side), Image.Resampling.BICUBIC))
            paste(result, place, drawn)
            within(1.0)
        work.picture = result
        return {"faces": len(squares), "redrawn": len(fitting), "taken": TAKEN}


def square(box: Box) -> tuple[int, int, int]:
    """(left, top, side) in pixels of the square around a face's box; it may reach beyond the picture."""
    left, top, width, height = box
    side = round(GROWTH * max(width, height))
    return round(left + width / 2 - side / 2), round(top - ABOVE * height), side


def crop(picture: np.ndarray, place: tuple[int, int, int]) -> np.ndarray:
    """The square out of `picture` (h x w x 3 uint8); beyond the border its last pixels are repeated."""
    left, top, side = place
    rows = np.clip(np.arange(top, top + side), 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, picture.shape[1] - 1)
    return np.ascontiguousarray(picture[rows[:, None], columns[None, :]])


def paste(picture: np.ndarray, place: tuple[int, int, int], face: np.ndarray) -> None:
    """Blend `face` (side x side x 3 uint8) into `picture` in place, softly towards the square's border."""
    left, top, side = place
    ramp = np.minimum(1, (np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5) / (FEATHER * side))
    share = (TAKEN * ramp[:, None] * ramp[None, :])[..., None].astype(np.float32)
    first, start = max(top, 0), max(left, 0)
    last, stop = min(top + side, picture.shape[0]), min(left + side, picture.shape[1])
    inside = slice(first - top, last - top), slice(start - left, stop - left)
    part = picture[first:last, start:stop]
    part[:] = np.rint(part + share[inside] * (face[inside].astype(np.float32) - part)).astype(np.uint8)
