"""Adding a plug-in: licence, architecture and a trial run come before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from restoration.inference import weights
from restoration.inference.plugins import architectures, licences, model, registry, weight_files
from restoration.inference.plugins.manifest import Limits, Manifest, PluginError

# What the networks of a stage are called by spandrel, and whether they keep the picture's size.
PURPOSES: dict[str, tuple[tuple[str, ...], bool]] = {
    "inpaint": (("Inpainting",), True),
    "denoise": (("Restoration", "SR"), True),
    "colorize": (("Restoration",), True),
    "face": (("FaceSR",), True),
    "upscale": (("SR",), False),
}
TILE, MAX_SIDE = 256, 4096


@dataclass(frozen=True)
class Request:
    """What the operator says of a file; `tile` and `max_side` in pixels."""

    file: Path
    name: str
    stage: str
    licence: str
    source: str = ""
    commercial_ok: bool = False
    allow_noncommercial: bool = False
    allow_pickle: bool = False
    replace: bool = False
    tile: int = TILE
    max_side: int = MAX_SIDE


def add(folder: Path, request: Request) -> Manifest:
    """Put the file into the weights folder `folder`; raises PluginError, and then nothing was written."""
    sellable = licences.commercial_ok(request.licence, request.commercial_ok)
    if not sellable and not request.allow_noncommercial:
        raise PluginError(
            f"The licence {request.licence} is not known to allow commercial use. Give --commercial-ok if it "
            "does, or --allow-noncommercial if nothing is sold here."
        )
    content = weight_files.as_safetensors(request.file, allow_pickle=request.allow_pickle)
    pickled = request.file.suffix.lower() in weight_files.PICKLES
    descriptor = architectures.recognise(
        weight_files.tensors(content), allow_noncommercial=request.allow_noncommercial
    )
    _fits(descriptor, request.stage)
    supported = ("float32", "bfloat16") if descriptor.supports_bfloat16 else ("float32",)
    dtypes, seconds = model.trial(descriptor, supported)
    if not dtypes:
        raise PluginError(f"{request.file} gives no finite numbers: it is damaged, or no finished network.")
    digest = hashlib.sha256(content).hexdigest()
    manifest = Manifest(
        name=request.name,
        stage=request.stage,
        architecture=str(descriptor.architecture.id),
        file=f"{request.name}-{digest[:12]}.safetensors",
        sha256=digest,
        licence=request.licence,
        commercial_ok=sellable,
        limits=Limits(int(descriptor.scale), request.tile, request.max_side),
        dtypes=dtypes,
        seconds_per_megapixel=seconds,
        source=request.source,
        converted_from=weights.sha256_of(request.file) if pickled else "",
    )
    registry.store(folder, manifest, content, replace=request.replace)
    return manifest


def _fits(descriptor: Any, stage: str) -> None:
    if stage not in PURPOSES:
        raise PluginError(f'Unknown stage "{stage}". Stages: {", ".join(PURPOSES)}.')
    purposes, same_size = PURPOSES[stage]
    name = descriptor.architecture.id
    if descriptor.purpose not in purposes or same_size != (descriptor.scale == 1):
        raise PluginError(
            f"{name} is for {descriptor.purpose} at {descriptor.scale} times the size, not for {stage}."
        )
    inputs = (1, 3) if stage == "colorize" else (3,)
    if descriptor.input_channels not in inputs or descriptor.output_channels != 3:
        raise PluginError(
            f"These weights of {name} take {descriptor.input_channels} channels and give "
            f"{descriptor.output_channels}; the stage {stage} needs colour in and out."
        )
