"""What the repair network is punished for. Pictures (N, 3, H, W) in 0..1, masks (N, 1, H, W)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from restoration.inference.colour_head import apply_colour
from restoration.inference.repair_network import Repair

MASK_WEIGHT = 3.0


def charbonnier(found: Tensor, wanted: Tensor, mask: Tensor) -> Tensor:
    """Robust L1, a pixel inside the mask counting 1 + 3 times."""
    weight = 1.0 + MASK_WEIGHT * mask
    error = ((found - wanted).square() + 1e-6).sqrt().mean(1, keepdim=True)
    return (error * weight).mean()


def gradient_error(found: Tensor, wanted: Tensor) -> Tensor:
    """L1 of the differences between neighbours: edges and texture, whatever the brightness."""
    error = found - wanted
    across = (error[..., 1:] - error[..., :-1]).abs().mean()
    return across + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()


def structural_error(found: Tensor, wanted: Tensor, window: int = 7, stride: int = 2) -> Tensor:
    """1 - SSIM over uniform windows, sampled at every second pixel."""
    pairs = torch.cat([found, wanted, found * found, wanted * wanted, found * wanted], dim=1)
    means = F.avg_pool2d(pairs, window, stride=stride)
    mean_f, mean_w, square_f, square_w, product = means.chunk(5, dim=1)
    spread_f, spread_w = square_f - mean_f.square(), square_w - mean_w.square()
    together = product - mean_f * mean_w
    light = (2 * mean_f * mean_w + 1e-4) / (mean_f.square() + mean_w.square() + 1e-4)
    shape = (2 * together + 9e-4) / (spread_f + spread_w + 9e-4)
    return 1.0 - (light * shape).mean()


def mask_error(logits: Tensor, mask: Tensor) -> Tensor:
    """Cross entropy plus Dice over the batch; logits and mask in fp32."""
    entropy = F.binary_cross_entropy_with_logits(logits, mask)
    probability = torch.sigmoid(logits)
    overlap = 2 * (probability * mask).sum() + 1.0
    dice = 1.0 - overlap / (probability.sum() + mask.sum() + 1.0)
    return entropy + 0.3 * dice


def colour_error(parameters: Tensor, aged: Tensor, clean: Tensor, labels: Tensor) -> Tensor:
    """L1 between the colour-corrected thumbnail and the clean one, plus the two gates' cross entropy."""
    corrected = apply_colour(aged, parameters)
    # Damage and stains are in the thumbnail too; a bounded error keeps them from steering the colours.
    error = (corrected - clean).abs().clamp(max=0.5).mean()
    return error + 0.1 * F.binary_cross_entropy_with_logits(parameters[:, :2], labels)


@torch.no_grad()
def in_its_colours(clean: Tensor, corrected_thumbnail: Tensor, clean_thumbnail: Tensor) -> Tensor:
    """The clean patch in the colours that the head chose for the whole print: (N, 3, H, W).

    A patch does not tell what colours the print once had. Asked for them anyway, the body would learn
    mostly noise; asked for structure in given colours, it learns structure. Gain and offset come from the
    thumbnails by two rounds of weighted least squares: damage is an outlier there.
    """
    found, wanted = corrected_thumbnail.flatten(2), clean_thumbnail.flatten(2)
    weight = torch.ones_like(found)
    for _ in range(2):
        total_weight = weight.sum(2, keepdim=True)
        mean_f = (weight * found).sum(2, keepdim=True) / total_weight
        mean_w = (weight * wanted).sum(2, keepdim=True) / total_weight
        spread = (weight * (wanted - mean_w).square()).sum(2, keepdim=True)
        together = (weight * (wanted - mean_w) * (found - mean_f)).sum(2, keepdim=True)
        gain = (together / (spread + 1e-3)).clamp(0.4, 1.6)
        offset = mean_f - gain * mean_w
        weight = 1.0 / (1.0 + ((found - gain * wanted - offset) / 0.08).square())
    return clean * gain[..., None] + offset[..., None]


def total(repair: Repair, clean: Tensor, mask: Tensor) -> Tensor:
    """Loss of one batch without the colour head's own part."""
    found = repair.picture
    return (
        charbonnier(found, clean, mask)
        + 0.12 * structural_error(found, clean)
        + 0.2 * gradient_error(found, clean)
        + 0.15 * mask_error(repair.damage_logits, mask)
    )
