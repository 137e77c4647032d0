"""What the engine is measured against: classical means, x4plus alone, and this machine's convolutions."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from restoration.inference import precision
from restoration.inference.colour_head import decided, thumbnail_of
from restoration.inference.membrane import fill_from_surroundings
from restoration.inference.options import Options
from restoration.inference.repair_network import MULTIPLE, RepairNetwork

MEGAPIXEL = 1024
"""Side of the square picture that speed is measured on."""
X4PLUS_ONLY = Options(scratches="off", color="off", denoise="off", enhance="on")
STRUCTURE = 9
"""Side in pixels of what is wider than a scratch, for the top-hat."""
TOPHAT_LEVELS = 40


def has_telea() -> bool:
    """Whether OpenCV is there for the rows that need it."""
    return importlib.util.find_spec("cv2") is not None


def telea(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 with the pixels of (H, W) bool painted by Telea's method."""
    import cv2  # an extra; only these rows need it

    return np.asarray(
        cv2.inpaint(np.ascontiguousarray(picture), mask.astype(np.uint8) * 255, 3, cv2.INPAINT_TELEA)
    )


def telea_by_tophat(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Thin bright and dark structures taken for damage and painted: (H, W, 3) uint8 and the mask."""
    import cv2  # an extra; only these rows need it

    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STRUCTURE, STRUCTURE))
    stands_out = np.maximum(
        cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel), cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    )
    mask = np.asarray(stands_out > TOPHAT_LEVELS)
    return telea(picture, mask), mask


def filled_only(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 with the pixels of (H, W) bool filled by the membrane, nothing else changed."""
    height, width = mask.shape
    padding = ((0, -height % MULTIPLE), (0, -width % MULTIPLE))
    wide = (
        torch.from_numpy(np.pad(picture, (*padding, (0, 0)), mode="edge")).permute(2, 0, 1)[None].float()
        / 255
    )
    damage = torch.from_numpy(np.pad(mask, padding, mode="edge"))[None, None].float()
    filled = (fill_from_surroundings(wide, damage).clamp(0, 1) * 255).round().byte()
    return filled[0].permute(1, 2, 0).numpy()[:height, :width]


@torch.inference_mode()
def speed(network: RepairNetwork, repeats: int = 3) -> dict[str, float]:
    """Seconds for one megapixel (best of some) as this CPU does it best, and the share of its convolution peak."""
    dtype = precision.compute_dtype(precision.this_cpu())
    picture = torch.rand(1, 3, MEGAPIXEL, MEGAPIXEL).contiguous(memory_format=torch.channels_last)

    def once() -> None:
        with precision.mixed():
            network(picture, decided(network.colour_parameters(thumbnail_of(picture))))

    with FlopCounterMode(display=False) as counter:
        once()
    work = counter.get_total_flops()
    began = time.process_time()
    seconds = _best(once, repeats)
    processor_seconds = (time.process_time() - began) / repeats
    features = torch.rand(1, 128, 256, 256).to(dtype).contiguous(memory_format=torch.channels_last)
    kernel = torch.rand(128, 128, 3, 3).to(dtype).contiguous(memory_format=torch.channels_last)
    peak = 2 * 9 * 128 * 128 * 256 * 256 / _best(lambda: F.conv2d(features, kernel, padding=1), 20)
    return {
        "seconds_a_megapixel": round(seconds, 3),
        "processor_seconds_a_megapixel": round(processor_seconds, 3),
        "gigaflops": round(work / seconds / 1e9, 1),
        "share_of_convolution_peak": round(work / seconds / peak, 3),
    }


def _best(action: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)
