"""The repair network's weights: a safetensors file beside a manifest, checked by hash before use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as load_tensors

from restoration.inference.repair_network import NetworkShape, RepairNetwork
from restoration.inference.weights import WeightsError

FOLDER = Path(__file__).resolve().parent.parent / "weights"
MANIFEST = "repair.json"


class RepairWeightsError(WeightsError):
    """Weights or manifest are missing, altered or of another shape; the message says which file."""


def read_manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """The manifest: file, sha256, licence, shape, training command, data hash, pictures, curve, figures."""
    path = folder / MANIFEST
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RepairWeightsError(f"The manifest {path} cannot be read: {error}") from error


def load_repair_network(folder: Path = FOLDER) -> RepairNetwork:
    """The trained network in evaluation mode, fp32, channels_last. Raises `RepairWeightsError`."""
    manifest = read_manifest(folder)
    path = folder / str(manifest["file"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RepairWeightsError(f"The weights {path} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest["sha256"]:
        raise RepairWeightsError(f"The weights {path} have sha256 {digest}, expected {manifest['sha256']}.")
    shape = NetworkShape(**{name: tuple(value) for name, value in manifest["shape"].items()})
    network = RepairNetwork(shape)
    try:
        network.load_state_dict({name: value.float() for name, value in load_tensors(content).items()})
    except RuntimeError as error:
        raise RepairWeightsError(
            f"The weights {path} do not fit the shape in the manifest: {error}"
        ) from error
    network.eval()
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
