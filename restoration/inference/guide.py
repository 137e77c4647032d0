"""Tells grain from detail: x4plus shows how the clean picture looks, the photo keeps what stands out from it."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from restoration.inference import noise, resample

# A residual weaker than this many times the grain of the quietest places is grain, not detail.
NOISE_FACTOR = 1.4
# Share of the grain that stays, so that skin and sky do not turn to plastic.
KEPT_GRAIN = 0.2
WINDOW = 7
BAND, AGREEMENT_WINDOW = 9, 9
# Rows beyond a strip that its filters look at.
HALO = BAND // 2 + AGREEMENT_WINDOW // 2
# Broad tones are taken from the photo: averages over this many pixels of the network's input.
ANCHOR_WINDOW = 17
# Edge contrast against the clean rendering: at SHARP the photo is kept, at SOFT the rendering is leant on.
SHARP, SOFT = 0.75, 0.35
LEAN_FOR_SOFTNESS, LEAN_FOR_BLOCKS = 0.6, 0.35
BLOCKS_SEEN, BLOCKS_STRONG = 1.3, 2.2
EDGE_SHARE = 0.1
# Correlation with the photo from which on the rendering is believed: below, it made up another texture.
UNLIKE, ALIKE = 0.6, 0.9


@dataclass(frozen=True)
class Guide:
    """
    image: a clean rendering of the picture, of any size.
    luma_noise, chroma_noise: strength of what is left of the photo in quiet places, levels of 255.
    sharpness: edge contrast of the photo against the rendering; below 1 the rendering is sharper.
    lean: share (0..1) of the remaining difference that is given up where both show the same structure.
    """

    image: Image.Image
    luma_noise: float
    chroma_noise: float
    sharpness: float = 1.0
    lean: float = 0.0


def anchor(clean: np.ndarray, small: np.ndarray) -> None:
    """Give `clean` (4h x 4w x 3, changed in place) the broad tones of `small` (h x w x 3): no colour drifts."""
    height, width = small.shape[:2]
    average = resample.shrink(clean, (height, width)).astype(np.float32)
    drift = torch.from_numpy(small.astype(np.float32) - average).permute(2, 0, 1)[None]
    offsets = blur(drift, ANCHOR_WINDOW)[0].permute(1, 2, 0).numpy()
    factor = clean.shape[0] // height
    for row in range(height):
        rows = clean[row * factor : (row + 1) * factor]
        rows[:] = np.clip(np.rint(rows + np.repeat(offsets[row], factor, axis=0)), 0, 255).astype(np.uint8)


def measure(picture: np.ndarray, clean: Image.Image, blockiness: float) -> Guide:
    """Compares picture and clean rendering on sample patches and settles how far each is trusted."""
    luma: list[Tensor] = []
    chroma: list[Tensor] = []
    edges: list[tuple[Tensor, Tensor]] = []
    size = (picture.shape[0], picture.shape[1])
    for top, bottom, left, right in noise.patches(picture):
        own = to_tensor(picture[top:bottom, left:right])
        base = to_tensor(resample.window(clean, size, (top, bottom, left, right)))
        bright, colour = split(own - base)
        luma.append(_block_energy(bright))
        chroma.append(_block_energy(colour))
        edges.append((_fine(split(own)[0]), _fine(split(base)[0])))
    luma_noise, chroma_noise = _quiet(luma), _quiet(chroma)
    sharpness = _edge_contrast(edges)
    softness = min(max((SHARP - sharpness) / (SHARP - SOFT), 0.0), 1.0)
    blocks = min(max((blockiness - BLOCKS_SEEN) / (BLOCKS_STRONG - BLOCKS_SEEN), 0.0), 1.0)
    lean = max(LEAN_FOR_SOFTNESS * softness, LEAN_FOR_BLOCKS * blocks)
    return Guide(clean, luma_noise, chroma_noise, sharpness, lean)


def clean_rows(picture: np.ndarray, guide: Guide, first: int, last: int) -> Tensor:
    """Rows [first, last) of the cleaned picture as float [3, rows, width] in 0..255."""
    height, width = picture.shape[:2]
    top, bottom = max(0, first - HALO), min(height, last + HALO)
    base = to_tensor(resample.window(guide.image, (height, width), (top, bottom, 0, width)))
    bright, colour = split(to_tensor(picture[top:bottom]).sub_(base))
    bright.mul_(_share_kept(bright, guide.luma_noise))
    colour.mul_(_share_kept(colour, guide.chroma_noise))
    if guide.lean > 0:
        rendered = split(base)[0]
        kept_share = _agreement(rendered + bright, rendered).mul_(-guide.lean).add_(1)
        bright.mul_(kept_share)
        colour.mul_(kept_share)
    kept = colour.add_(bright)
    return base.add_(kept).clamp_(0, 255)[:, first - top : last - top]


def split(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Brightness [1, h, w] and colour [3, h, w] of a picture [3, h, w]; they add up to it."""
    weights = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)
    bright = (picture * weights).sum(0, keepdim=True)
    return bright, picture - bright


def to_tensor(rows: np.ndarray) -> Tensor:
    """h x w x 3 uint8 to a new float [3, h, w], 0..255."""
    return torch.from_numpy(np.array(rows)).permute(2, 0, 1).to(torch.float32, copy=True).contiguous()


def blur(planes: Tensor, width: int) -> Tensor:
    """Mean over width x width neighbours ([n, c, h, w]); at the rim over the neighbours that exist."""
    half = width // 2
    across = functional.avg_pool2d(planes, (1, width), 1, (0, half), count_include_pad=False)
    return functional.avg_pool2d(across, (width, 1), 1, (half, 0), count_include_pad=False)


def _share_kept(part: Tensor, grain: float) -> Tensor:
    energy = blur(part.square().mean(0, keepdim=True)[None], WINDOW)[0]
    threshold = (NOISE_FACTOR * grain) ** 2
    return energy.clamp_min_(1e-6).reciprocal_().mul_(-threshold).add_(1).clamp_(KEPT_GRAIN, 1.0)


def _agreement(own: Tensor, base: Tensor) -> Tensor:
    """0..1 for each pixel of two [1, h, w]: whether the same structure stands there, if less sharply."""
    own = own - blur(own[None], BAND)[0]
    base = base - blur(base[None], BAND)[0]
    products = blur(torch.stack((own * base, own.square(), base.square()), 1), AGREEMENT_WINDOW)[0]
    likeness = products[0] / (products[1] * products[2]).sqrt_().clamp_min_(1e-6)
    return likeness.sub_(UNLIKE).div_(ALIKE - UNLIKE).clamp_(0, 1)[None]


def _block_energy(part: Tensor) -> Tensor:
    planes = part.square().mean(0, keepdim=True)[None]
    return functional.avg_pool2d(planes, [min(noise.BLOCK, side) for side in planes.shape[2:]]).flatten()


def _quiet(energies: list[Tensor]) -> float:
    return float(torch.cat(energies).sqrt().quantile(noise.QUIET))


def _fine(bright: Tensor) -> Tensor:
    return (bright - blur(bright[None], 3)[0]).flatten()


def _edge_contrast(edges: list[tuple[Tensor, Tensor]]) -> float:
    own, base = (torch.cat(planes) for planes in zip(*edges, strict=True))
    strong = base.abs() > np.quantile(base.abs().numpy(), 1 - EDGE_SHARE)
    energy = float(base[strong].square().sum())
    return float((own[strong] * base[strong]).sum()) / energy if energy > 0 else 1.0
