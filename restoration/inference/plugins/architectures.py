"""The networks that weights can be for: those of spandrel, an optional package."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from restoration.inference.plugins.manifest import PluginError

ABSENT = 'Plug-ins need the optional packages of the extra "plugins": pip install "heirloom[plugins]".'
EXTRA_PACKAGE = "spandrel_extra_arches"
# Kept for the life of the process: torch forgets what was declared when this object goes.
_operators = torch.library.Library("torchvision", "FRAGMENT")


@cache
def spandrel() -> ModuleType:
    """The package; raises PluginError where it or its torchvision is missing or does not fit torch."""
    if importlib.util.find_spec("spandrel") is None or importlib.util.find_spec("torchvision") is None:
        raise PluginError(ABSENT)
    _declare_operators()
    try:
        return importlib.import_module("spandrel")
    except (ImportError, OSError, RuntimeError) as error:
        raise PluginError(f"spandrel cannot be imported: {error}. {ABSENT}") from error


def recognise(weights: dict[str, Tensor], *, allow_noncommercial: bool = False) -> Any:
    """
    spandrel's descriptor of the network with `weights` in it: fp32, on the CPU, in evaluation mode.

    Architectures of `spandrel_extra_arches` (CodeFormer, DDColor, Restormer …) are looked at only with
    `allow_noncommercial`, because their authors' terms exclude commercial use. Raises PluginError.
    """
    package = spandrel()
    registry = package.MAIN_REGISTRY.copy()
    if allow_noncommercial and importlib.util.find_spec(EXTRA_PACKAGE) is not None:
        registry.add(*importlib.import_module(EXTRA_PACKAGE).EXTRA_REGISTRY)
    try:
        return package.ModelLoader("cpu", registry).load_from_state_dict(weights).float().eval()
    except package.UnsupportedModelError as error:
        raise PluginError("The weights are of no architecture that spandrel knows.") from error
    except (RuntimeError, ValueError, KeyError, AttributeError, TypeError, AssertionError) as error:
        raise PluginError(f"The weights do not fit their architecture: {str(error)[:300]}") from error


@cache
def _declare_operators() -> None:
    """
    Let torchvision be imported beside a torch of another build.

    Its wheel for CUDA cannot load its compiled operators beside a torch for the CPU, and then fails to
    describe two of them. Once they are declared, all that is written in Python works; no architecture
    here calls the operators themselves.
    """
    found = importlib.util.find_spec("torchvision")
    folders = list(found.submodule_search_locations or []) if found else []
    for library in (path for folder in folders for path in Path(folder).glob("_C.*")):
        try:
            torch.ops.load_library(str(library))
            return
        except OSError:
            continue
    _operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
