"""RRDBNet, the network behind Real-ESRGAN x4plus: RGB in 0..1 at size h x w to RGB at 4h x 4w."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from restoration.inference.conversion import BLOCKS

FEATURES = 64
GROWTH = 32
SLOPE = 0.2
RESIDUAL_SCALE = 0.2
SCALE = 4
# Rows of the features at twice the input's size.
STRIP, HALO = 64, 2


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees the output of all before it."""

    def __init__(self) -> None:
        super().__init__()
        for index in range(5):
            channels = FEATURES if index == 4 else GROWTH
            self.add_module(f"conv{index + 1}", nn.Conv2d(FEATURES + index * GROWTH, channels, 3, padding=1))

    def forward(self, features: Tensor) -> Tensor:
        seen = features
        *inner, last = self.children()
        for conv in inner:
            fresh = functional.leaky_relu_(conv(seen), SLOPE)
            seen = torch.cat((seen, fresh), 1)
        return cast(Tensor, last(seen).mul_(RESIDUAL_SCALE).add_(features))


class ResidualBlock(nn.Module):
    """Three dense blocks with a residual around them."""

    def __init__(self) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = DenseBlock(), DenseBlock(), DenseBlock()

    def forward(self, features: Tensor) -> Tensor:
        inner = self.rdb3(self.rdb2(self.rdb1(features)))
        return cast(Tensor, inner.mul_(RESIDUAL_SCALE).add_(features))


class RRDBNet(nn.Module):
    """The whole network, 16.7 M parameters; 35.9 MFLOP for each input pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_first = nn.Conv2d(3, FEATURES, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock() for _ in range(BLOCKS)))
        self.conv_body = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_up1 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_up2 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_hr = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_last = nn.Conv2d(FEATURES, 3, 3, padding=1)

    def forward(self, picture: Tensor, advance: Callable[[float], None] | None = None) -> Tensor:
        """
        [n, 3, h, w] in 0..1 to [n, 3, 4h, 4w] as float32, not clamped.

        `advance` gets the share of the work done after each block; what it raises ends the run.
        """
        dtype = self.conv_first.weight.dtype
        picture = picture.to(dtype).contiguous(memory_format=torch.channels_last)
        first = self.conv_first(picture)
        features = first
        for number, block in enumerate(self.body):
            features = block(features)
            if advance is not None:
                advance((number + 1) / (BLOCKS + 1))
        features = self.conv_body(features).add_(first)
        features = functional.interpolate(features, scale_factor=2, mode="nearest")
        return self._enlarge(functional.leaky_relu_(self.conv_up1(features), SLOPE))

    def _enlarge(self, features: Tensor) -> Tensor:
        """
        The second doubling, in strips: at full width its layers would hold four times the rest's memory.

        The halo is wider than what three convolutions reach, so the result is that of one piece.
        """
        count, _, height, width = features.shape
        result = torch.empty(count, 3, 2 * height, 2 * width)
        for first in range(0, height, STRIP):
            last = min(first + STRIP, height)
            top, bottom = max(0, first - HALO), min(height, last + HALO)
            strip = functional.interpolate(features[:, :, top:bottom], scale_factor=2, mode="nearest")
            strip = functional.leaky_relu_(self.conv_up2(strip), SLOPE)
            strip = functional.leaky_relu_(self.conv_hr(strip), SLOPE)
            strip = self.conv_last(strip.to(self.conv_last.weight.dtype))
            result[:, :, 2 * first : 2 * last] = strip[:, :, 2 * (first - top) : 2 * (last - top)]
        return result


def load(path: Path, dtype: torch.dtype) -> RRDBNet:
    """The network with the weights of a safetensors file, computing in `dtype`, channels last, no gradients."""
    with torch.device("meta"):
        network = RRDBNet()
    network.load_state_dict(load_file(path), assign=True)
    network.to(dtype)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    # bfloat16 has 8 significant bits: the last layer's output would be stepped as coarsely as a byte.
    network.conv_last.float()
    return network.requires_grad_(False).eval()
