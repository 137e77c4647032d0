"""The repair stage: finds damage, mends it from what lies around it, and cleans beside it as far as wanted."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from restoration.inference import analysis, finding, holes, resample, tiling
from restoration.inference.colour_head import identity_colour
from restoration.inference.faithfulness.evidence import strongest
from restoration.inference.mending import Composed, Mended, weight_of
from restoration.inference.repair_network import RepairNetwork
from restoration.inference.stages import Advance, Work

# Larger pictures are mended at this size and the repairs enlarged: the network learned damage as it looks at
# about one megapixel, and time stays bounded.
PIXELS = 2_097_152
# Up to here the picture goes through in one piece; above, in tiles.
WHOLE_PIXELS = 1_048_576
TILE, OVERLAP, UNIT = 512, 64, 64
SECONDS_PER_PIXEL = 1.5e-6
# Of that, filling and cleaning take so much, and one look for damage so much.
MENDING, LOOK = 0.75, 0.2
Pass = Callable[[Tensor, Advance], Tensor]


class Repairing:
    """Runs the repair network once, and takes over as much of it as the present settings want."""

    name = "repair"

    def __init__(self, network: RepairNetwork, dtype: torch.dtype) -> None:
        self._network, self._dtype = network, dtype

    def cost(self, work: Work) -> float:
        height, width = self._size(work.original)
        parts = MENDING + LOOK * _looks(work)
        return SECONDS_PER_PIXEL * parts * height * width if self._wanted(work) else 0.0

    def run(self, work: Work, advance: Advance) -> None:
        work.picture, work.weight, work.damage = work.original, None, None
        if not self._wanted(work):
            work.report[self.name] = {"done": False, "why": "switched off"}
            return
        first = work.mended is None
        if work.mended is None:
            work.mended = self._mend(work, advance)
        work.damage = self._damage(work, work.mended)
        work.weight = weight_of(work.damage)
        if first and work.weight.any():
            mended = Composed(work.original, work.mended, work.weight, 0.0)
            head = self._network.colour_head
            work.analysis = analysis.retoned(work.analysis, mended, work.options, head)  # type: ignore[arg-type]
            work.age = max(work.age, work.analysis.age)
        denoise = work.strength.denoise * _cleaning(work)
        touched = float(np.count_nonzero(work.weight)) / work.weight.size
        if touched or denoise:
            # Composed reads like the array that it stands for.
            work.picture = Composed(work.original, work.mended, work.weight, denoise)  # type: ignore[assignment]
        height, width = work.mended.damage.shape
        work.report[self.name] = {
            "done": bool(touched or denoise),
            "why": "mask given" if work.mask is not None else "looked for damage",
            "size": [width, height],
            "damaged": round(work.mended.damaged, 5),
            "mended": round(touched, 5),
            "denoise": round(denoise, 2) if (height, width) == work.original.shape[:2] else 0.0,
        }

    def _wanted(self, work: Work) -> bool:
        return work.mask is not None or work.options.scratches != "off" or _cleaning(work) > 0

    def _damage(self, work: Work, mended: Mended) -> np.ndarray:
        if work.mask is None and work.options.scratches == "off":
            return np.zeros_like(mended.damage)
        return mended.certain(work.strength)

    def _size(self, picture: np.ndarray) -> tuple[int, int]:
        return resample.fit(picture.shape[:2], PIXELS)

    def _mend(self, work: Work, advance: Advance) -> Mended:
        size = self._size(work.original)
        picture = resample.shrink(work.original, size)
        first = LOOK * _looks(work) / (MENDING + LOOK * _looks(work))
        if work.mask is None:
            doubts = work.age if work.options.scratches == "auto" else 1.0
            damage, aged = finding.find(self._look, picture, doubts, lambda share: advance(first * share))
            work.age = max(work.age, aged)
        else:
            damage = strongest(work.mask, size)
        rest = 1 - first
        mended = holes.mend(
            lambda planes, advance: self._tiled(self._render, planes, 3, advance),
            picture,
            damage,
            lambda share: advance(first + rest * share),
        )
        return Mended(mended, damage)

    def _look(self, picture: np.ndarray, advance: Advance) -> np.ndarray:
        return self._tiled(self._find, picture, 1, advance)[..., 0]

    def _tiled(self, network: Pass, planes: np.ndarray, channels: int, advance: Advance) -> np.ndarray:
        """A pass of the network over h x w x c uint8: h x w x `channels` uint8."""
        height, width = planes.shape[:2]
        padded = np.pad(planes, ((0, -height % UNIT), (0, -width % UNIT), (0, 0)), mode="edge")
        found = tiling.run(
            network,
            padded,
            scale=1,
            tile=max(padded.shape) if height * width <= WHOLE_PIXELS else TILE,
            overlap=OVERLAP,
            advance=advance,
            channels=channels,
            unit=UNIT,
        )
        return np.ascontiguousarray(found[:height, :width])

    def _find(self, picture: Tensor, advance: Advance) -> Tensor:
        """[1, 3, h, w] in 0..1 → probability of damage [1, 1, h, w]."""
        advance(0.0)
        with self._precision():
            return torch.sigmoid(self._network.finder_mask(_last(picture), identity_colour()).float())

    def _render(self, planes: Tensor, advance: Advance) -> Tensor:
        """[1, 4 or 8, h, w] in 0..1, planes as `holes` lays them → the mended picture [1, 3, h, w]."""
        advance(0.0)
        damage = planes[:, 3:4]
        guess = planes[:, 4:] if planes.shape[1] > 4 else None
        # In the photo's own colours: they are corrected afterwards, for the whole picture at once.
        with self._precision():
            repair = self._network.repair(_last(planes[:, :3]), identity_colour(), damage, damage, guess)
        return repair.picture.float()

    def _precision(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self._dtype == torch.bfloat16)


def _last(picture: Tensor) -> Tensor:
    return picture.contiguous(memory_format=torch.channels_last)


def _looks(work: Work) -> float:
    if work.mask is not None:
        return 0.0
    return finding.looks(work.analysis.age if work.options.scratches == "auto" else 1.0)


def _cleaning(work: Work) -> float:
    """How much of the cleaning beside the damage the options and the signs of age ask for, 0 to 1."""
    if work.options.denoise == "off":
        return 0.0
    if work.options.denoise == "on":
        return 1.0
    return work.age
