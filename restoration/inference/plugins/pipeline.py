"""The plug-in stages of one weights folder."""

from __future__ import annotations

from pathlib import Path

from restoration.inference.plugins import registry
from restoration.inference.plugins.colours import Colorize
from restoration.inference.plugins.faces import Face
from restoration.inference.plugins.holes import Inpaint
from restoration.inference.plugins.manifest import STAGES
from restoration.inference.plugins.stage import NO_WEIGHTS, Plugin, PluginStage
from restoration.inference.plugins.tiled import Denoise, Upscale

KINDS: dict[str, type[PluginStage]] = {
    stage.kind: stage for stage in (Inpaint, Denoise, Colorize, Face, Upscale)
}


def installed_stages(folder: Path, allow_noncommercial: bool = False) -> list[PluginStage]:
    """
    The plug-in stages of the weights folder `folder`, in the order in which they run.

    All five are always there: a stage without weights does nothing, and says so in the report of a photo
    for which it was asked. Networks are loaded at their first photo. Raises PluginError (a WeightsError)
    when a file is missing or altered, for a restoration must never go on without what was installed.
    """
    plugins: dict[str, Plugin] = {}
    absent = dict.fromkeys(STAGES, NO_WEIGHTS)
    for manifest in registry.installed(folder):
        if manifest.commercial_ok or allow_noncommercial:
            registry.verify(folder, manifest)
            plugins[manifest.stage] = Plugin(folder, manifest)
        else:
            absent[manifest.stage] = (
                f"{manifest.name} is installed, but its licence ({manifest.licence}) excludes commercial use"
            )
    return [KINDS[stage](plugins.get(stage), absent[stage]) for stage in STAGES]
