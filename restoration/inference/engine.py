"""The restoration engine: one picture in, the restored picture and a report of what was done out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from restoration.inference import network, precision, weights
from restoration.inference.analysis import analyse
from restoration.inference.options import Options
from restoration.inference.progress import Cancelled, Progress, Report
from restoration.inference.stages import NETWORK_PIXELS, Cleaning, Finishing, Stage, Work

__all__ = ["ENGINE_VERSION", "Cancelled", "Engine", "Restored"]

ENGINE_VERSION = "1"
WARM_UP_SIDE = 64


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
    """Runs the stages. Not thread-safe: one engine serves one picture at a time."""

    def __init__(self, stages: Sequence[Stage], sha256: str) -> None:
        self._stages = tuple(stages)
        self.weights_sha256 = sha256

    @classmethod
    def load(cls, folder: Path, *, threads: int = 2, network_pixels: int = NETWORK_PIXELS) -> Self:
        """
        The engine with the weights in `folder`, warmed up. Raises WeightsError when missing or wrong.

        `network_pixels` caps the input of x4plus; more costs time (0.1 s per 1,000 pixels) and memory.
        """
        sha256 = weights.verify(folder)
        torch.set_num_threads(threads)
        dtype = precision.compute_dtype(precision.cpu_flags())
        model = network.load(folder / weights.FILE_NAME, dtype)
        with torch.inference_mode():
            model(torch.zeros(1, 3, WARM_UP_SIDE, WARM_UP_SIDE))
        return cls([Cleaning(model, network_pixels), Finishing()], sha256)

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

        Raises Cancelled within a second or so of `cancelled` answering True. `progress` gets the stage's
        name and the share of the whole done so far, which never falls and ends at 1. Raises ValueError
        for an array of another kind.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f"The picture must be h x w x 3 uint8, not {image.shape} {image.dtype}.")
        if cancelled is not None and cancelled():
            raise Cancelled("Cancelled before the start.")
        started = time.perf_counter()
        with torch.inference_mode():
            analysis = analyse(image, options)
            work = Work(image, options, analysis)
            timings = {"analysis": time.perf_counter() - started}
            costs = {stage.name: stage.cost(work) for stage in self._stages}
            steps = Progress(costs, progress, cancelled)
            for stage in self._stages:
                started = time.perf_counter()
                stage.run(work, lambda share, name=stage.name: steps.advance(name, share))  # type: ignore[misc]
                timings[stage.name] = time.perf_counter() - started
        report = {
            "engine_version": ENGINE_VERSION,
            "weights_sha256": self.weights_sha256,
            "options": options.as_dict(),
            "size": [image.shape[1], image.shape[0]],
            "found": analysis.report(),
            "stages": work.report,
        }
        return Restored(work.picture, report, timings)
