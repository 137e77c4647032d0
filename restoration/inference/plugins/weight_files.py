"""Weight files as others publish them, read without running anything that is inside them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from restoration.inference.plugins.manifest import PluginError

SAFE = ".safetensors"
PICKLES = (".pth", ".pt", ".ckpt")


def as_safetensors(path: Path, *, allow_pickle: bool) -> bytes:
    """
    The content of a .safetensors file, or that of a pickle (.pth, .pt, .ckpt) converted to one.

    Raises PluginError: another kind of file, a pickle without `allow_pickle`, content that is not weights.
    """
    kind = path.suffix.lower()
    if kind not in (SAFE, *PICKLES):
        raise PluginError(f"{path} is neither {SAFE} nor {', '.join(PICKLES)}.")
    if kind in PICKLES and not allow_pickle:
        raise PluginError(
            f"{path} is a Python pickle, which can carry code. If you trust its source, give --allow-pickle: "
            "only tensors are read from it, once, and kept as safetensors."
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PluginError(f"{path} cannot be read: {error.strerror}.") from error
    if kind == SAFE:
        tensors(content)
        return content
    return save_tensors(_unpickled(path, content))


def tensors(content: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file; raises PluginError."""
    try:
        return dict(load_tensors(content))
    except (SafetensorError, ValueError, KeyError) as error:
        raise PluginError(f"The file is not safetensors: {error}") from error


def _unpickled(path: Path, content: bytes) -> dict[str, Tensor]:
    try:
        # weights_only: torch's own reader, which builds tensors and containers and calls nothing else.
        loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle fails in any way it likes
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise PluginError(
            f"{path} holds more than tensors, or is damaged, and was not read: {reason}"
        ) from error
    found = _weights_in(loaded)
    if not found:
        raise PluginError(f"{path} holds no weights by name.")
    # Cloned, because safetensors refuses tensors that share memory, as tied weights do.
    return {name: value.detach().clone().contiguous() for name, value in found.items()}


def _weights_in(loaded: Any) -> dict[str, Tensor]:
    """The weights in a checkpoint: training keeps them beside the optimizer's state, averaged ones first."""
    if not isinstance(loaded, dict):
        return {}
    for name in ("params_ema", "params", "state_dict", "model_state_dict", "model", "net"):
        if isinstance(loaded.get(name), dict):
            return _weights_in(loaded[name])
    return {str(name): value for name, value in loaded.items() if isinstance(value, Tensor)}
