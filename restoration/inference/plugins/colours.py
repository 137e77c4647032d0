"""Colours for a photo that has none: only they are taken from the network, the light stays the photo's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from restoration.inference import resample
from restoration.inference.plugins.manifest import Manifest
from restoration.inference.plugins.stage import Plugin, PluginStage

if TYPE_CHECKING:
    from restoration.inference.stages import Advance, Work

# Colours are soft: the networks themselves paint at 256 or 512 pixels.
PAINTED_PIXELS = 512 * 512
STRIP_PIXELS = 524_288


class Colorize(PluginStage):
    """A guess, and told as one: nobody knows which colours there were."""

    kind = "colorize"

    def unfit(self, work: Work, manifest: Manifest) -> str:
        return "" if work.analysis.findings.monochrome else "the photo has colours of its own"

    def pixels(self, work: Work) -> int:
        return PAINTED_PIXELS

    def apply(self, work: Work, plugin: Plugin, advance: Advance) -> dict[str, Any]:
        height, width = work.picture.shape[:2]
        size = resample.fit((height, width), PAINTED_PIXELS)
        grey = np.asarray(Image.fromarray(resample.shrink(work.picture, size)).convert("L"))
        model = plugin.model
        image = torch.from_numpy(grey.copy()).float().div_(255)[None, None].expand(1, model.channels, *size)
        painted = model(image, lambda share: advance(0.9 * share))[0].permute(1, 2, 0)
        colours = Image.fromarray(painted.mul(255).round_().byte().numpy())
        result = np.empty((height, width, 3), np.uint8)
        rows = max(1, STRIP_PIXELS // width)
        for first in range(0, height, rows):
            last = min(first + rows, height)
            strip = resample.window(colours, (height, width), (first, last, 0, width))
            result[first:last] = _tinted(work.picture[first:last], strip)
            advance(0.9 + 0.1 * last / height)
        work.picture = result
        return {"invented": "The colours are a guess."}


def _tinted(light: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """The brightness of one picture with the colours of another (both h x w x 3 uint8)."""
    brightness = Image.fromarray(np.ascontiguousarray(light)).convert("L")
    _, blue, red = Image.fromarray(colours).convert("YCbCr").split()
    return np.asarray(Image.merge("YCbCr", (brightness, blue, red)).convert("RGB"))
