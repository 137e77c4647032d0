"""The repair network: colour head, damage mask, membrane fill and a plain-convolution residual U-Net.

Pictures are RGB float tensors in 0..1, shaped (N, 3, H, W). The colour of the whole picture is
decided once, on a thumbnail; tiles receive it as numbers, so no tile can shift colour by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from restoration.inference.colour_head import ColourHead, apply_colour, to_neutral
from restoration.inference.membrane import fill_from_surroundings

MULTIPLE = 32
"""Sides of the picture given to the body must be a multiple of this; `forward` pads by itself."""


@dataclass(frozen=True)
class NetworkShape:
    """Channels of the mask finder and of the repair body, at 1/2, 1/4, 1/8 and 1/16 of the picture."""

    finder: tuple[int, ...] = (24, 48, 80, 96)
    body: tuple[int, ...] = (64, 96, 144, 192)


class Repair(NamedTuple):
    """What one pass gives: repaired picture, damage logits (N, 1, H, W), colour-corrected input, filled."""

    picture: Tensor
    damage_logits: Tensor
    corrected: Tensor
    filled: Tensor


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a skip; the second starts small so that deep stacks train unnormalised."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.kaiming_normal_(self.second.weight, nonlinearity="relu")
        with torch.no_grad():
            self.second.weight.mul_(0.2)
        nn.init.zeros_(self.first.bias)  # type: ignore[arg-type]
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor) -> Tensor:
        return features + self.second(F.relu(self.first(features), inplace=True))


class PlainUNet(nn.Module):
    """Encoder and decoder on features at half the picture's size; skips are added, not concatenated."""

    def __init__(self, inputs: int, outputs: int, channels: tuple[int, ...], bottom: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(inputs, channels[0], 3, padding=1)
        self.encoders = nn.ModuleList()
        self.downs = nn.ModuleList()
        self.ups = nn.ModuleList()
        self.decoders = nn.ModuleList()
        for level, width in enumerate(channels[:-1]):
            self.encoders.append(nn.Sequential(*(ResidualBlock(width) for _ in range(min(level, 1) + 1))))
            self.downs.append(nn.Conv2d(width, channels[level + 1], 2, stride=2))
            self.ups.append(nn.Conv2d(channels[level + 1], width, 1))
            self.decoders.append(nn.Sequential(ResidualBlock(width), ResidualBlock(width)))
        # Dilations at 1/16 of the picture let the deepest features see past a hole of 40 px and more.
        deepest = [ResidualBlock(channels[-1], 2 if index % 2 else 1) for index in range(bottom)]
        self.bottom = nn.Sequential(*deepest)
        self.head = nn.Conv2d(channels[0], outputs, 3, padding=1)
        with torch.no_grad():
            self.head.weight.mul_(0.1)
            self.head.bias.zero_()  # type: ignore[union-attr]

    def forward(self, features: Tensor) -> Tensor:
        features = self.stem(features)
        skips = []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            features = encoder(features)
            skips.append(features)
            features = down(features)
        features = self.bottom(features)
        for up, decoder, skip in zip(
            reversed(self.ups), reversed(self.decoders), reversed(skips), strict=True
        ):
            features = decoder(F.interpolate(up(features), scale_factor=2.0, mode="nearest") + skip)
        return self.head(features)


class RepairNetwork(nn.Module):
    """Finds damage, fills it from its surroundings, then repairs grain, blur and what the fill left smooth."""

    def __init__(self, shape: NetworkShape | None = None) -> None:
        super().__init__()
        shape = shape or NetworkShape()
        self.shape = shape
        self.colour_head = ColourHead()
        self.finder = PlainUNet(12, 4, shape.finder, 2)
        self.body = PlainUNet(12 + 12 + 4, 12, shape.body, 3)
        with torch.no_grad():
            self.finder.head.bias.fill_(-3.0)  # type: ignore[union-attr]

    def colour_parameters(self, thumbnail: Tensor) -> Tensor:
        """(N, 3, 64, 64) thumbnail of the WHOLE picture → (N, 20) parameters for `forward`, one row a picture."""
        return self.colour_head(thumbnail)

    def forward(self, picture: Tensor, colour: Tensor, mask: Tensor | None = None) -> Repair:
        """Repair a picture or a tile.

        picture: (N, 3, H, W) in 0..1, any H and W; tiles should start at multiples of 64 px.
        colour: (N, 20) from `colour_parameters`, or `identity_colour` to leave colours as they are.
        mask: (N, 1, H, W) in 0..1, 1 = damaged; given, it replaces the network's own finding.
        """
        found = self.finder_mask(picture, colour)
        return self.repair(picture, colour, found, torch.sigmoid(found) if mask is None else mask)

    def finder_mask(self, picture: Tensor, colour: Tensor) -> Tensor:
        """Damage logits (N, 1, H, W) of a picture; arguments as in `forward`."""
        height, width = picture.shape[-2:]
        corrected = apply_colour(_padded(picture), colour)
        logits = self.finder(
            F.pixel_unshuffle(corrected - 0.5, 2).contiguous(memory_format=torch.channels_last)
        )
        return F.pixel_shuffle(logits.float(), 2)[..., :height, :width]

    def repair(
        self, picture: Tensor, colour: Tensor, logits: Tensor, mask: Tensor, guess: Tensor | None = None
    ) -> Repair:
        """Fill what `mask` (N, 1, H, W) calls damaged and repair the rest; `logits` are handed through.

        guess: (N, 4, H, W), a better fill than the membrane, in the corrected colours, and how far it counts.
        """
        height, width = picture.shape[-2:]
        corrected = apply_colour(_padded(picture), colour)
        damage = _padded(mask)
        filled = fill_from_surroundings(corrected, damage)
        if guess is not None:
            guess = _padded(guess)
            filled = torch.lerp(filled, guess[:, :3], guess[:, 3:])
        parts = [F.pixel_unshuffle(part, 2) for part in (corrected - 0.5, filled - 0.5, damage)]
        inputs = torch.cat(parts, dim=1).contiguous(memory_format=torch.channels_last)
        repaired = to_neutral(filled + F.pixel_shuffle(self.body(inputs).float(), 2), colour)
        crop = (..., slice(0, height), slice(0, width))
        return Repair(repaired[crop], logits, corrected[crop], filled[crop])


def _padded(picture: Tensor) -> Tensor:
    height, width = picture.shape[-2:]
    return F.pad(picture, (0, -width % MULTIPLE, 0, -height % MULTIPLE), mode="replicate")


def parameter_count(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())
