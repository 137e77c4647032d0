"""What the plug-in stages share: whether they were asked for, what stands against it, what is reported."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from restoration.inference.plugins import architectures, registry, weight_files
from restoration.inference.plugins.manifest import Manifest
from restoration.inference.plugins.model import Model

if TYPE_CHECKING:
    from restoration.inference.stages import Advance, Work

NO_WEIGHTS = "no weights installed"


@dataclass
class Plugin:
    """Installed weights; the network is loaded at first use and then kept."""

    folder: Path
    manifest: Manifest

    @cached_property
    def model(self) -> Model:
        content = registry.read(self.folder, self.manifest)
        descriptor = architectures.recognise(
            weight_files.tensors(content), allow_noncommercial=not self.manifest.commercial_ok
        )
        return Model(descriptor, self.manifest.dtypes)


class PluginStage(ABC):
    """
    A stage of the pipeline that does its work only for a photo whose options name it in `plugins`.

    Subclasses name their `kind`, one of PLUGINS, say in `unfit` why a photo is not for them, and do the work in
    `apply`.
    """

    kind: str

    def __init__(self, plugin: Plugin | None, absent: str = NO_WEIGHTS) -> None:
        """`absent`: why there is no plug-in, for the report."""
        self.name = f"plugin_{self.kind}"
        self._plugin = plugin
        self._absent = absent

    def cost(self, work: Work) -> float:
        """Expected seconds, from the trial when the weights were added."""
        if self._plugin is None or not self._asked(work) or self._unfit(work, self._plugin.manifest):
            return 0.0
        return self._plugin.manifest.seconds_per_megapixel * self.pixels(work) * 1e-6

    def run(self, work: Work, advance: Advance) -> None:
        """Do the work; a photo for which the stage was not asked has no word of it in its report."""
        if not self._asked(work):
            return
        if self._plugin is None:
            work.report[self.name] = {"done": False, "why": self._absent}
            return
        manifest = self._plugin.manifest
        report = {"plugin": manifest.name, "licence": manifest.licence, "sha256": manifest.sha256}
        why = self._unfit(work, manifest)
        if why:
            work.report[self.name] = {"done": False, "why": why} | report
            return
        done = self.apply(work, self._plugin, advance)
        work.report[self.name] = {"done": True} | report | done

    @abstractmethod
    def apply(self, work: Work, plugin: Plugin, advance: Advance) -> dict[str, Any]:
        """Replace `work.picture`; returns what else the report should say."""

    def unfit(self, work: Work, manifest: Manifest) -> str:
        """Why there is nothing to do for this photo; empty when there is."""
        return ""

    def pixels(self, work: Work) -> int:
        """About how many the network will be given."""
        height, width = work.picture.shape[:2]
        return height * width

    def _asked(self, work: Work) -> bool:
        return self.kind in work.options.plugins

    def _unfit(self, work: Work, manifest: Manifest) -> str:
        longest = max(work.picture.shape[:2])
        if longest > manifest.limits.max_side:
            return f"the photo has {longest} pixels on its long side, the plug-in takes {manifest.limits.max_side}"
        return self.unfit(work, manifest)
