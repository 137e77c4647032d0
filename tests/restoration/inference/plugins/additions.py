"""Plug-ins as an operator adds them."""

from pathlib import Path

from torch import Tensor

from restoration.inference.plugins.intake import Request, add
from restoration.inference.plugins.manifest import Manifest
from tests.restoration.inference.plugins.networks import saved


def installed(
    folder: Path, stage: str, weights: dict[str, Tensor], licence: str = "MIT", **more: object
) -> Manifest:
    """The weights added to the weights folder `folder` under the name of their stage."""
    folder.mkdir(exist_ok=True)
    file = saved(weights, folder / f"upload-{stage}.safetensors")
    try:
        return add(folder, Request(file, stage, stage, licence, **more))  # type: ignore[arg-type]
    finally:
        file.unlink()
