"""One loaded network, called alike whatever its architecture."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from restoration.inference import precision

# spandrel 0.4.2 hands these pixels in 0..1, though they were trained on -1..1.
SIGNED_RANGE = frozenset({"GFPGAN", "CodeFormer"})
TRIAL_SIDE = 64
TRIAL_SIDE_FACE = 512


def _ignored(share: float) -> None:
    pass


class Model:
    """Not thread-safe. Calls `within` with the share done after every layer, so that it can be stopped there."""

    def __init__(self, descriptor: Any, dtypes: tuple[str, ...]) -> None:
        """`dtypes`: the number formats that the network is known to run in."""
        best = precision.compute_dtype(precision.this_cpu())
        self.dtype = best if str(best).removeprefix("torch.") in dtypes else torch.float32
        self._descriptor = descriptor
        self._descriptor.model.to(self.dtype)
        self._within: Callable[[float], None] = _ignored
        self._layers = self._done = 0
        for module in descriptor.model.modules():
            if not list(module.children()):
                self._layers += 1
                module.register_forward_hook(self._layer_done)

    @property
    def channels(self) -> int:
        """Of the input: 3, or 1 for a network that wants grey."""
        return int(self._descriptor.input_channels)

    def __call__(
        self, image: Tensor, within: Callable[[float], None] = _ignored, mask: Tensor | None = None
    ) -> Tensor:
        """
        The network's answer to `image` ([1, channels, h, w] in 0..1) as float32 in 0..1.

        `mask` ([1, 1, h, w], 1 where to paint) goes to networks that fill holes, and only to them.
        """
        self._within, self._done = within, 0
        image = image.to(self.dtype)
        if mask is not None:
            return self._descriptor(image, mask.to(self.dtype)).float()
        if self._descriptor.architecture.id in SIGNED_RANGE:
            # Noise that GFPGAN would draw is taken from its weights: same input, same result.
            signed = self._descriptor.model(image * 2 - 1, randomize_noise=False)[0]
            return ((signed.float() + 1) / 2).clamp_(0, 1)
        return self._descriptor(image).float()

    def _layer_done(self, *_: Any) -> None:
        self._done += 1
        self._within(min(1.0, self._done / self._layers))


def trial(descriptor: Any, supported: tuple[str, ...]) -> tuple[tuple[str, ...], float]:
    """
    The formats of `supported` in which the network gives finite numbers here, and seconds per megapixel.

    What an architecture is said to support is often true of graphics cards alone: LaMa's Fourier layers know
    no bfloat16 on a CPU.
    """
    side = TRIAL_SIDE_FACE if descriptor.purpose == "FaceSR" else TRIAL_SIDE
    image = torch.linspace(0, 1, side * side).reshape(1, 1, side, side)
    mask = (image > 0.5).float() if descriptor.purpose == "Inpainting" else None
    image = image.expand(1, descriptor.input_channels, side, side)
    good, seconds = [], 0.0
    for name in supported:
        model = Model(descriptor, (name,))
        if str(model.dtype) != f"torch.{name}":
            continue
        try:
            started = time.perf_counter()
            with torch.inference_mode():
                finite = bool(model(image, mask=mask).isfinite().all())
            seconds = time.perf_counter() - started
        except RuntimeError:
            continue
        if finite:
            good.append(name)
    return tuple(good), round(seconds * 1e6 / side**2, 1)
