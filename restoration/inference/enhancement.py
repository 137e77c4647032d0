"""Cleans grain and compression marks: x4plus shows what is clean, the photo keeps what is detail."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from restoration.inference import noise, resample

# Where the residual is weaker than this many times the measured grain it is grain, not detail.
NOISE_FACTOR = 1.15
# Share of the grain that stays, so that skin and sky do not turn to plastic.
KEPT_GRAIN = 0.15
WINDOW = 7
HALO = WINDOW // 2


@dataclass(frozen=True)
class Guide:
    """A clean rendering of the picture (any size) and the strength of what the picture has beyond it."""

    image: Image.Image
    luma_noise: float
    chroma_noise: float


def anchor(clean: np.ndarray, small: np.ndarray) -> np.ndarray:
    """`clean` (4h x 4w x 3) with the broad tones of `small` (h x w x 3), so that no colour can drift."""
    height, width = small.shape[:2]
    average = resample.shrink(clean, (height, width)).astype(np.float32)
    drift = torch.from_numpy(small.astype(np.float32) - average).permute(2, 0, 1)[None]
    drift = blur(drift, 17)
    for top in range(0, clean.shape[0], 256):
        rows = clean[top : top + 256]
        first, last = top // 4, -(-(top + rows.shape[0]) // 4)
        piece = functional.interpolate(drift[:, :, first:last], scale_factor=4, mode="nearest")
        piece = piece[0].permute(1, 2, 0).numpy()[: rows.shape[0]]
        clean[top : top + 256] = np.clip(np.round(rows + piece), 0, 255).astype(np.uint8)
    return clean


def measure(picture: np.ndarray, clean: Image.Image, limit: float) -> Guide:
    """Compares picture and clean rendering where both are quiet; `limit` bounds what may be called grain."""
    luma: list[float] = []
    chroma: list[float] = []
    height, width = picture.shape[:2]
    for top, bottom, left, right in noise.patches(picture):
        rows = resample.stretch_rows(clean, (height, width), top, bottom)[:, left:right]
        bright, colour = split(to_tensor(picture[top:bottom, left:right]) - to_tensor(rows))
        luma += _block_deviations(bright)
        chroma += _block_deviations(colour)
    return Guide(
        clean,
        min(float(np.quantile(luma, noise.QUIET)), limit),
        min(float(np.quantile(chroma, noise.QUIET)), limit),
    )


def clean_rows(picture: np.ndarray, guide: Guide, first: int, last: int) -> Tensor:
    """Rows [first, last) of the cleaned picture as float [3, rows, width] in 0..255."""
    height, width = picture.shape[:2]
    top, bottom = max(0, first - HALO), min(height, last + HALO)
    base = to_tensor(resample.stretch_rows(guide.image, (height, width), top, bottom))
    bright, colour = split(to_tensor(picture[top:bottom]) - base)
    bright = bright * _share_kept(bright, guide.luma_noise)
    colour = colour * _share_kept(colour, guide.chroma_noise)
    return (base + bright + colour)[:, first - top : last - top]


def split(residual: Tensor) -> tuple[Tensor, Tensor]:
    """Brightness [1, h, w] and colour [3, h, w] parts of a residual; they add up to it."""
    weights = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)
    bright = (residual * weights).sum(0, keepdim=True)
    return bright, residual - bright


def to_tensor(rows: np.ndarray) -> Tensor:
    """h x w x 3 uint8 to float [3, h, w], 0..255."""
    return torch.from_numpy(np.array(rows)).permute(2, 0, 1).float().contiguous()


def blur(planes: Tensor, width: int) -> Tensor:
    """Mean over width x width neighbours ([n, c, h, w]); at the rim over the neighbours that exist."""
    half = width // 2
    across = functional.avg_pool2d(planes, (1, width), 1, (0, half), count_include_pad=False)
    return functional.avg_pool2d(across, (width, 1), 1, (half, 0), count_include_pad=False)


def _share_kept(part: Tensor, grain: float) -> Tensor:
    energy = blur(part.square().mean(0, keepdim=True)[None], WINDOW)[0]
    share = 1 - (NOISE_FACTOR * grain) ** 2 / energy.clamp_min(1e-6)
    return share.clamp_(KEPT_GRAIN, 1.0)


def _block_deviations(part: Tensor) -> list[float]:
    planes = part.square().mean(0, keepdim=True)[None]
    size = min(noise.BLOCK, *planes.shape[2:])
    return functional.avg_pool2d(planes, size).sqrt().flatten().tolist()
