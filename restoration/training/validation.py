"""Progress of a run, on aged prints of photographs that are never trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from restoration.inference import precision
from restoration.inference.colour_head import decided, thumbnail_of
from restoration.inference.repair_network import RepairNetwork
from restoration.training import metrics
from restoration.training.ageing import AgedPicture
from restoration.training.dataset import validation_prints


class Validation:
    """A fixed set of aged prints and what the network makes of them."""

    def __init__(self, cache: Path, count: int) -> None:
        self.prints = validation_prints(cache, count)

    def measure(self, weights: dict[str, Tensor], device: torch.device) -> dict[str, float]:
        """Gains over the aged input and mask figures, averaged."""
        network = RepairNetwork().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        network.load_state_dict(weights)
        network.eval()
        rows = [_figures(network, print_, device) for print_ in self.prints]
        return {name: _mean([row[name] for row in rows]) for name in rows[0]}


@torch.inference_mode()
def repaired(
    network: RepairNetwork, aged: np.ndarray, device: torch.device, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Repair a whole picture in one piece.

    aged: (H, W, 3) uint8; mask: (H, W) bool, used instead of the network's own when given.
    Returns the picture (H, W, 3) uint8 and the damage probability (H, W) float32.
    """
    picture = torch.from_numpy(aged.copy()).permute(2, 0, 1)[None].to(device).float() / 255
    picture = picture.contiguous(memory_format=torch.channels_last)
    known = None if mask is None else torch.from_numpy(mask)[None, None].to(device).float()
    with precision.mixed(device.type):
        repair = network(picture, decided(network.colour_parameters(thumbnail_of(picture))), known)
    levels = (repair.picture.float().clamp(0, 1) * 255).round().byte()
    damage = torch.sigmoid(repair.damage_logits.float())
    return levels[0].permute(1, 2, 0).cpu().numpy(), damage[0, 0].cpu().numpy()


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return round(float(np.mean(known)), 3) if known else 0.0


def _figures(network: RepairNetwork, print_: AgedPicture, device: torch.device) -> dict[str, float]:
    found, damage = repaired(network, print_.aged, device)
    mask = print_.mask > 127
    whole = not mask.any() and metrics.psnr(print_.aged, print_.clean) > 38
    gain = metrics.psnr(found, print_.clean) - metrics.psnr(print_.aged, print_.clean)
    nothing = float("nan")
    return {
        "psnr_gain": nothing if whole else gain,
        "psnr_affine_gain": nothing
        if whole
        else metrics.psnr_affine(found, print_.clean) - metrics.psnr_affine(print_.aged, print_.clean),
        "ssim_gain": nothing
        if whole
        else metrics.ssim(found, print_.clean) - metrics.ssim(print_.aged, print_.clean),
        "psnr_in_mask": metrics.psnr_inside(found, print_.clean, mask),
        "mask_overlap": metrics.overlap(damage > 0.5, mask) if mask.any() else nothing,
        "psnr_of_whole": metrics.psnr(found, print_.aged) if whole else nothing,
    }
