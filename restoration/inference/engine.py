"""The restoration engine: one picture in, the restored picture and a report of what was done out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

from restoration.inference import enhancement, network, noise, precision, resample, tiling, tone, weights
from restoration.inference.options import Options
from restoration.inference.progress import Cancelled, Progress, Report

__all__ = ["ENGINE_VERSION", "Cancelled", "Engine", "Restored"]

ENGINE_VERSION = "1"

# Above this the input of x4plus is shrunk, so that every accepted picture is done in time.
NETWORK_PIXELS = 262_144
TILE, OVERLAP = 288, 32
# Grain (levels of 255) below which `auto` leaves a photo alone.
NOISE_GATE = 3.0
STRIP_PIXELS = 524_288


@dataclass
class Restored:
    """
    image:   h x w x 3 uint8 RGB, the size of the input
    report:  what was found and done, ready for JSON
    timings: seconds by stage
    """

    image: np.ndarray
    report: dict[str, Any]
    timings: dict[str, float] = field(default_factory=dict)


class Engine:
    """Holds the loaded network. Not thread-safe: one engine serves one picture at a time."""

    def __init__(self, model: network.RRDBNet, sha256: str) -> None:
        self._model = model
        self.weights_sha256 = sha256

    @classmethod
    def load(cls, folder: Path, *, threads: int = 2) -> Self:
        """The engine with the weights in `folder`, warmed up. Raises WeightsError when missing or wrong."""
        sha256 = weights.verify(folder)
        torch.set_num_threads(threads)
        dtype = precision.compute_dtype(precision.cpu_flags())
        engine = cls(network.load(folder / weights.FILE_NAME, dtype), sha256)
        with torch.inference_mode():
            engine._model(torch.zeros(1, 3, 64, 64))
        return engine

    def restore(
        self,
        image: np.ndarray,
        options: Options,
        *,
        progress: Report | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Restored:
        """
        Restore `image` (h x w x 3 uint8 RGB; a read-only np.memmap will do; it is not changed).

        Raises Cancelled between two tiles when `cancelled` answers True. `progress` gets the stage's name
        and the share of the whole done so far, which never falls.
        """
        height, width = image.shape[:2]
        clock = time.perf_counter()
        timings: dict[str, float] = {}

        grain = noise.measure(image)
        findings = tone.examine(resample.shrink(image, resample.fit((height, width), tone.THUMBNAIL, 4096)))
        curves = tone.curves(findings, options.color)
        enhance = options.enhance == "on" or (options.enhance == "auto" and grain >= NOISE_GATE)
        input_size = resample.fit((height, width), min(NETWORK_PIXELS, max(height * width // 4, 1)), 8192)
        costs = {
            "analysis": 1e-3 * height * width / 1e6,
            "enhancement": 100 * input_size[0] * input_size[1] / 1e6 if enhance else 0.0,
            "finish": 0.3 * height * width / 1e6,
        }
        steps = Progress(costs, progress, cancelled)
        steps.advance("analysis", 1)
        timings["analysis"] = time.perf_counter() - clock

        report: dict[str, Any] = {
            "engine_version": ENGINE_VERSION,
            "weights_sha256": self.weights_sha256,
            "options": options.as_dict(),
            "size": [width, height],
            "noise": round(grain, 2),
            "tone": findings.report() | {"corrected": curves is not None},
        }
        with torch.inference_mode():
            clock = time.perf_counter()
            guide = None
            if enhance:
                guide = self._guide(image, input_size, steps, grain)
                report["enhancement"] = {
                    "applied": True,
                    "input": list(reversed(input_size)),
                    "luma_noise": round(guide.luma_noise, 2),
                    "chroma_noise": round(guide.chroma_noise, 2),
                }
            else:
                report["enhancement"] = {"applied": False, "why": "no noise was measured"}
            timings["enhancement"] = time.perf_counter() - clock
            clock = time.perf_counter()
            result = self._finish(image, guide, curves, steps)
            timings["finish"] = time.perf_counter() - clock
        return Restored(result, report, timings)

    def _guide(
        self, image: np.ndarray, size: tuple[int, int], steps: Progress, grain: float
    ) -> enhancement.Guide:
        small = resample.shrink(image, size)
        clean = tiling.run(
            self._model,
            small,
            scale=network.SCALE,
            tile=TILE,
            overlap=OVERLAP,
            advance=lambda share: steps.advance("enhancement", share),
        )
        clean = enhancement.anchor(clean, small)
        return enhancement.measure(image, Image.fromarray(clean), 2 * grain + 1)

    def _finish(
        self,
        image: np.ndarray,
        guide: enhancement.Guide | None,
        curves: np.ndarray | None,
        steps: Progress,
    ) -> np.ndarray:
        height, width = image.shape[:2]
        result = np.empty((height, width, 3), np.uint8)
        rows = max(1, STRIP_PIXELS // width)
        for first in range(0, height, rows):
            last = min(first + rows, height)
            if guide is None:
                strip = enhancement.to_tensor(image[first:last])
            else:
                strip = enhancement.clean_rows(image, guide, first, last).clamp_(0, 255)
            if curves is None:
                result[first:last] = strip.round_().byte().permute(1, 2, 0).numpy()
            else:
                index = strip.mul_(16).round_().clamp_(0, tone.CURVE_STEPS - 1).short().numpy()
                for channel in range(3):
                    result[first:last, :, channel] = curves[channel][index[channel]]
            steps.advance("finish", last / height)
        return result
