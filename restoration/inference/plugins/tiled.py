"""Plug-ins that see a photo tile by tile: cleaning and enlarging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from restoration.imaging.limits import MAX_PIXELS
from restoration.inference import tiling
from restoration.inference.plugins.manifest import Manifest
from restoration.inference.plugins.stage import Plugin, PluginStage

if TYPE_CHECKING:
    from restoration.inference.stages import Advance, Work

OVERLAP_SHARE = 8


class Denoise(PluginStage):
    """Noise, blur or compression marks taken out by a network that keeps the size (SCUNet, NAFNet, FBCNN …)."""

    kind = "denoise"

    def apply(self, work: Work, plugin: Plugin, advance: Advance) -> dict[str, Any]:
        limits = plugin.manifest.limits
        work.picture = tiling.run(
            lambda tensor, within: plugin.model(tensor, within),
            work.picture,
            scale=limits.scale,
            tile=limits.tile,
            overlap=limits.tile // OVERLAP_SHARE,
            advance=advance,
        )
        height, width = work.picture.shape[:2]
        return {"size": [width, height]}


class Upscale(Denoise):
    """The photo enlarged (ESRGAN, SwinIR, HAT, DAT …), as far as a photo may be large."""

    kind = "upscale"

    def unfit(self, work: Work, manifest: Manifest) -> str:
        height, width = work.picture.shape[:2]
        pixels = height * width * manifest.limits.scale**2
        if pixels > MAX_PIXELS:
            return f"the result would have {pixels / 1e6:.0f} megapixels, at most {MAX_PIXELS / 1e6:.0f} are made"
        return ""
