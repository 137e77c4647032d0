"""The restoration engine: one picture in, the restored picture and a report of what was done out."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from restoration.inference import faithfulness, judging, network, precision, rendering, weights
from restoration.inference.analysis import analyse
from restoration.inference.enlarging import Enlarging
from restoration.inference.options import Options
from restoration.inference.plugins import installed_stages
from restoration.inference.progress import Cancelled, Progress, Report
from restoration.inference.repair import Repairing
from restoration.inference.repair_network import RepairNetwork
from restoration.inference.repair_weights import FOLDER as REPAIR_FOLDER
from restoration.inference.repair_weights import load_repair_network, read_manifest
from restoration.inference.stages import Cleaning, Finishing, Stage, Work
from restoration.inference.strength import ladder

__all__ = ["ENGINE_VERSION", "Cancelled", "Engine", "Restored"]

ENGINE_VERSION = "2"
WARM_UP_SIDE = 64


@dataclass
class Restored:
    """
    image:    h x w x 3 uint8 RGB, `upscale` times the size of the input
    report:   what was found and done, ready for JSON
    evidence: what the faithfulness in the report was measured on, for its pictures
    damage:   h x w uint8 in the photo's proportions, 255 where it was taken for damaged: a `mask` to edit
    timings:  seconds by stage
    """

    image: np.ndarray
    report: dict[str, Any]
    evidence: faithfulness.Evidence
    damage: np.ndarray
    timings: dict[str, float] = field(default_factory=dict)


class Engine:
    """Runs the stages. Not thread-safe: one engine serves one picture at a time."""

    def __init__(
        self,
        repair: RepairNetwork,
        faithful: Sequence[Stage],
        free: Sequence[Stage],
        sha256: dict[str, str],
    ) -> None:
        """`faithful` stages are judged and run again when they went too far; `free` ones come after."""
        self._repair = repair
        self._faithful, self._free = tuple(faithful), tuple(free)
        self._sha256 = sha256

    @property
    def weights_sha256(self) -> str:
        """One digest for all weights that a picture may pass through."""
        return hashlib.sha256("".join(self._sha256.values()).encode()).hexdigest()

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        threads: int = 2,
        network_pixels: int | None = None,
        repair_folder: Path = REPAIR_FOLDER,
        allow_noncommercial: bool = False,
    ) -> Self:
        """
        The engine with the weights in `folder`, warmed up. Raises WeightsError when missing or wrong.

        `network_pixels` caps the input of x4plus, by default as the kind of CPU can do it in time; more costs time
        (0.1 to 0.2 s per 1,000 pixels) and memory.
        `allow_noncommercial`: plug-ins are used whose licence forbids that results are sold.
        """
        sha256 = {"x4plus": weights.verify(folder)}
        torch.set_num_threads(threads)
        dtype = precision.compute_dtype(precision.this_cpu())
        pixels = network_pixels or rendering.PIXELS[dtype]
        repair = load_repair_network(repair_folder)
        sha256["repair"] = str(read_manifest(repair_folder)["sha256"])
        plugins = installed_stages(folder, allow_noncommercial)
        model = network.load(folder / weights.FILE_NAME, dtype)
        with torch.inference_mode():
            model(torch.zeros(1, 3, WARM_UP_SIDE, WARM_UP_SIDE))
        faithful: list[Stage] = [Repairing(repair, dtype), Cleaning(model, pixels), Finishing()]
        return cls(repair, faithful, [Enlarging(model, pixels), *plugins], sha256)

    def restore(
        self,
        image: np.ndarray,
        options: Options,
        *,
        mask: np.ndarray | None = None,
        progress: Report | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Restored:
        """
        Restore `image` (h x w x 3 uint8 RGB; a read-only np.memmap will do; it is not changed).

        `mask` (h x w uint8, from 128 on damaged) takes the place of the engine's own finding. Raises
        Cancelled within a second or so of `cancelled` answering True. `progress` gets the stage's name and
        the share of the whole done so far, which never falls and ends at 1. Raises OptionsError when the
        options ask too much of this picture, ValueError for an array of another kind.
        """
        _check(image, mask)
        if cancelled is not None and cancelled():
            raise Cancelled("Cancelled before the start.")
        started = time.perf_counter()
        with torch.inference_mode():
            analysis = analyse(image, options, self._repair.colour_head)
            rungs = ladder(options.mode)
            work = Work(image, options, analysis, rungs[0], mask)
            timings = {"analysis": time.perf_counter() - started}
            stages = (*self._faithful, *self._free)
            steps = Progress({stage.name: stage.cost(work) for stage in stages}, progress, cancelled)

            def run(stage: Stage) -> None:
                began = time.perf_counter()
                stage.run(work, lambda share: steps.advance(stage.name, share))
                timings[stage.name] = timings.get(stage.name, 0.0) + time.perf_counter() - began

            fallbacks = []
            for work.strength in rungs:
                for stage in self._faithful:
                    run(stage)
                began = time.perf_counter()
                evidence, found = judging.judge(work)
                timings["judging"] = timings.get("judging", 0.0) + time.perf_counter() - began
                breaches = faithfulness.verdict(found)
                if not breaches:
                    break
                fallbacks.append(
                    {"mode": work.strength.name, "breaches": [breach.as_dict() for breach in breaches]}
                )
            for stage in self._free:
                run(stage)
        report = {
            "engine_version": ENGINE_VERSION,
            "weights_sha256": self.weights_sha256,
            "weights": self._sha256,
            "options": options.as_dict(),
            "size": [image.shape[1], image.shape[0]],
            "found": work.analysis.report(),
            "mode": work.strength.name,
            "fallbacks": fallbacks,
            "stages": work.report,
            "faithfulness": found.as_dict(),
        }
        damage = np.zeros_like(evidence.repaired) if work.damage is None else work.damage
        return Restored(work.picture, report, evidence, (damage > 127) * np.uint8(255), timings)


def _check(image: np.ndarray, mask: np.ndarray | None) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"The picture must be h x w x 3 uint8, not {image.shape} {image.dtype}.")
    if mask is not None and (mask.shape != image.shape[:2] or mask.dtype != np.uint8):
        raise ValueError(f"The mask must be {image.shape[:2]} uint8, not {mask.shape} {mask.dtype}.")
