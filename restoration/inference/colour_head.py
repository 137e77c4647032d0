"""Global colour correction: levels, curve and 3x3 matrix, decided once on a thumbnail of the whole picture.

Every number is clamped, a healthy picture is gated to exact identity, and a picture that is found to be
monochrome comes out exactly neutral.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PARAMETERS = 20
"""gate, neutral, 3 black points, 3 white points, 3 log gammas, 9 matrix entries."""
THUMBNAIL = 64
"""Side of the thumbnail in pixels; the picture is squeezed to a square."""
QUANTILES = (0.005, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.995)
FADED_FROM, MONOCHROME_FROM = 1.5, 2.5
"""Logits from which a print counts as faded and as monochrome."""
LUMA = (0.299, 0.587, 0.114)
RESIDUAL_QUANTILES = (0.3, 0.5, 0.7, 0.85, 0.95)
STATISTICS = 3 * len(QUANTILES) + 9 + 2 * 3 * len(RESIDUAL_QUANTILES)


class ColourHead(nn.Module):
    """Small convolutional and statistical reader of a thumbnail."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.eye = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width * 2, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
        )
        last = nn.Linear(128, PARAMETERS)
        self.judge = nn.Sequential(
            nn.Linear(width * 4 + STATISTICS, 128),
            nn.ReLU(inplace=True),
            nn.Linear(128, 128),
            nn.ReLU(inplace=True),
            last,
        )
        with torch.no_grad():
            # The first guess is identity: black and white points at the ends, both gates undecided.
            last.weight.mul_(0.1)
            last.bias.zero_()
            last.bias[2:8] = -3.0

    def forward(self, thumbnail: Tensor) -> Tensor:
        """(N, 3, 64, 64) in 0..1 → (N, 20) raw parameters, fp32; columns 0 and 1 are logits."""
        with torch.autocast(thumbnail.device.type, enabled=False):
            thumbnail = thumbnail.float()
            seen = self.eye(thumbnail - 0.5)
            features = [seen.mean((2, 3)), seen.amax((2, 3)), *_statistics(thumbnail)]
            return self.judge(torch.cat(features, dim=1))


@torch.no_grad()
def _statistics(thumbnail: Tensor) -> list[Tensor]:
    pixels = thumbnail.flatten(2)
    quantiles = _quantiles(pixels, QUANTILES)
    centred = pixels - pixels.mean(2, keepdim=True)
    spread = centred.square().mean(2).add(1e-6).sqrt()
    standard = centred / spread[..., None]
    red, green, blue = standard.unbind(1)
    pairs = torch.stack([red * green, green * blue, red * blue], 1).mean(2)
    residual = _off_the_tone_curve(pixels)
    colourful = _quantiles(residual, RESIDUAL_QUANTILES)
    relative = colourful / spread.mean(1, keepdim=True)
    return [
        quantiles * 2.0 - 1.0,
        spread * 4.0 - 1.0,
        (1.0 - pairs).clamp(max=1.0) * 4.0,
        residual.mean(2) * 20.0,
        (colourful + 1e-3).log() + 4.0,
        (relative + 1e-2).log() + 2.0,
    ]


def _off_the_tone_curve(pixels: Tensor) -> Tensor:
    """(N, 3, P) → how far each value lies off the channel's best quadratic in luma.

    A toned monochrome print lies on one curve through the colours, whatever its tone; a faded colour print
    does not. What stains and damage add is left to the quantiles.
    """
    weights = torch.tensor(LUMA, device=pixels.device).view(1, 3, 1)
    luma = (pixels * weights).sum(1)
    basis = torch.stack([torch.ones_like(luma), luma, luma.square()], 2)
    normal = basis.transpose(1, 2) @ basis + 1e-2 * torch.eye(3, device=pixels.device)
    curve = torch.linalg.solve(normal, basis.transpose(1, 2) @ pixels.transpose(1, 2))
    return (pixels - (basis @ curve).transpose(1, 2)).abs()


def _quantiles(values: Tensor, levels: tuple[float, ...]) -> Tensor:
    """(N, C, P) → (N, C * levels)."""
    wanted = torch.tensor(levels, device=values.device)
    return torch.quantile(values, wanted, dim=2).permute(1, 2, 0).flatten(1)


def monochrome_probability(parameters: Tensor) -> Tensor:
    """(N, 20) → (N, 1) in 0..1."""
    return torch.sigmoid(parameters[:, 1:2])


def fading_probability(parameters: Tensor) -> Tensor:
    """(N, 20) → (N, 1) in 0..1: how sure the head is that the colours need correction at all."""
    return torch.sigmoid(parameters[:, 0:1])


def identity_colour(count: int = 1) -> Tensor:
    """(count, 20) parameters that leave every colour as it is."""
    parameters = torch.zeros(count, PARAMETERS)
    parameters[:, :2] = -50.0
    return parameters


def decided(parameters: Tensor) -> Tensor:
    """Make both gates hard for inference: corrected or untouched, neutral or in colour, nothing between.

    Both thresholds lean towards leaving a picture alone: a colour photograph turned grey is lost, a tone
    that stays is not. They were chosen on synthetic prints of the training and validation photographs.
    """
    thresholds = torch.tensor([FADED_FROM, MONOCHROME_FROM], device=parameters.device)
    gates = torch.where(parameters[:, :2] > thresholds, 50.0, -50.0)
    return torch.cat([gates, parameters[:, 2:]], dim=1)


def apply_colour(picture: Tensor, parameters: Tensor) -> Tensor:
    """(N, 3, H, W) in 0..1 and (N, 20) → corrected picture in -0.5..1.5, fp32."""
    with torch.autocast(picture.device.type, enabled=False):
        picture = picture.float()
        gate = fading_probability(parameters)
        black = 0.45 * torch.sigmoid(parameters[:, 2:5]) * gate
        white = 1.0 - 0.5 * torch.sigmoid(parameters[:, 5:8]) * gate
        gamma = torch.exp(0.7 * torch.tanh(parameters[:, 8:11]) * gate)
        matrix = 0.5 * torch.tanh(parameters[:, 11:20]) * gate
        matrix = matrix.view(-1, 3, 3) + torch.eye(3, device=picture.device)
        span = (white - black).clamp(min=0.1)
        levelled = (picture - black[..., None, None]) / span[..., None, None]
        curved = levelled.clamp(1e-4, 1.5).pow(gamma[..., None, None])
        mixed = torch.einsum("nij,njhw->nihw", matrix, curved).clamp(-0.5, 1.5)
        return to_neutral(mixed, parameters)


def to_neutral(picture: Tensor, parameters: Tensor) -> Tensor:
    """Blend towards luma by the monochrome probability; `decided` parameters make it exact."""
    amount = monochrome_probability(parameters)[..., None, None]
    weights = torch.tensor(LUMA, device=picture.device, dtype=picture.dtype).view(1, 3, 1, 1)
    luma = (picture * weights).sum(1, keepdim=True)
    return picture + (luma - picture) * amount


def thumbnail_of(picture: Tensor) -> Tensor:
    """(N, 3, H, W) → (N, 3, 64, 64) by area averaging; ask it of the whole picture, never of a tile."""
    return F.interpolate(picture.float(), size=(THUMBNAIL, THUMBNAIL), mode="area")
