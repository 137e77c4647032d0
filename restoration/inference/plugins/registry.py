"""The plug-in folder: a manifest and a weight file for each plug-in, checked by hash before use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from restoration.inference import weights
from restoration.inference.plugins.manifest import STAGES, Manifest, PluginError

FOLDER = "plugins"


def manifest_paths(folder: Path) -> list[Path]:
    """The manifests in the weights folder `folder`, by name; none where there is no plug-in folder."""
    return sorted((folder / FOLDER).glob("*.json"))


def installed(folder: Path) -> list[Manifest]:
    """
    The plug-ins of the weights folder in the order of their stages, weights unread.

    Raises PluginError for a manifest that cannot be used and for two plug-ins of one stage.
    """
    by_stage: dict[str, Manifest] = {}
    for path in manifest_paths(folder):
        manifest = Manifest.read(path)
        other = by_stage.setdefault(manifest.stage, manifest)
        if other is not manifest:
            raise PluginError(
                f"{other.name} and {manifest.name} are both for the stage {manifest.stage}: remove one of "
                f"their manifests from {folder / FOLDER}."
            )
    return [by_stage[stage] for stage in STAGES if stage in by_stage]


def verify(folder: Path, manifest: Manifest) -> None:
    """Check the weight file against its hash; raises PluginError when it is missing or altered."""
    path = folder / FOLDER / manifest.file
    try:
        found = weights.sha256_of(path)
    except weights.WeightsError as error:
        raise PluginError(f"Plug-in {manifest.name}: {error} Or add it anew.") from error
    _compare(path, manifest, found)


def read(folder: Path, manifest: Manifest) -> bytes:
    """The weight file, whole: what was hashed is what is loaded. Raises PluginError as `verify` does."""
    path = folder / FOLDER / manifest.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PluginError(f"Plug-in {manifest.name}: {path} cannot be read: {error.strerror}.") from error
    _compare(path, manifest, hashlib.sha256(content).hexdigest())
    return content


def store(folder: Path, manifest: Manifest, content: bytes, *, replace: bool = False) -> None:
    """
    Write weights, then manifest. Raises PluginError when the name or the stage is taken, unless `replace`.

    The manifest comes last and weights are named by their hash, so that a reader finds the old plug-in or
    the new one and never a mixture.
    """
    others = installed(folder)
    taken = [other for other in others if other.stage == manifest.stage]
    taken += [other for other in others if other.name == manifest.name and other not in taken]
    if taken and not replace:
        raise PluginError(
            f"{taken[0].name} is installed for the stage {taken[0].stage} already: "
            "give --replace to put this one in its place."
        )
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    weights.write_file(place / manifest.file, content)
    # Another name for the stage: its manifest goes first, for two of one stage would stop every worker.
    for other in taken:
        if other.name != manifest.name:
            (place / f"{other.name}.json").unlink(missing_ok=True)
    text = json.dumps(manifest.as_dict(), indent=2) + "\n"
    weights.write_file(place / f"{manifest.name}.json", text.encode())
    for other in taken:
        if other.file != manifest.file:
            (place / other.file).unlink(missing_ok=True)


def _compare(path: Path, manifest: Manifest, found: str) -> None:
    if found != manifest.sha256:
        raise PluginError(
            f"Plug-in {manifest.name}: {path} has sha256 {found}, expected {manifest.sha256}. "
            "Add it anew from a source that you trust."
        )
