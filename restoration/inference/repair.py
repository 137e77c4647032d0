"""The repair stage: finds damage, mends it from what lies around it, and cleans beside it as far as wanted."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from restoration.inference import patches, resample, tiling
from restoration.inference.colour_head import identity_colour
from restoration.inference.faithfulness.evidence import strongest
from restoration.inference.mending import Composed, Mended, weight_of
from restoration.inference.repair_network import RepairNetwork
from restoration.inference.stages import Advance, Work
from restoration.inference.tone import ramp

# Larger pictures are mended at this size and the repairs enlarged: the network learned damage as it looks at
# about one megapixel, and time stays bounded.
PIXELS = 2_097_152
# Up to here the picture goes through in one piece; above, in tiles.
WHOLE_PIXELS = 1_048_576
TILE, OVERLAP, UNIT = 512, 64, 64
SECONDS_PER_PIXEL = 1.5e-6
# Finding damage is this much of the whole; mending is the rest.
FINDING_SHARE = 0.25
# And the first look this much of finding; the second is at half the size.
LOOK_SHARE = 0.8
# Share of the picture that is damaged from which on a photo counts as old: (not at all, wholly). Twenty-eight views
# of healthy photos, unknown to the network, show at most 0.003.
DAMAGE_OF_AGE = (0.01, 0.03)
Pass = Callable[[Tensor, Advance], Tensor]


class Repairing:
    """Runs the repair network once, and takes over as much of it as the present settings want."""

    name = "repair"

    def __init__(self, network: RepairNetwork, dtype: torch.dtype) -> None:
        self._network, self._dtype = network, dtype

    def cost(self, work: Work) -> float:
        height, width = self._size(work.original)
        return SECONDS_PER_PIXEL * height * width if self._wanted(work) else 0.0

    def run(self, work: Work, advance: Advance) -> None:
        work.picture, work.weight, work.damage = work.original, None, None
        if not self._wanted(work):
            work.report[self.name] = {"done": False, "why": "switched off"}
            return
        if work.mended is None:
            work.mended = self._mend(work, advance)
        age = self._age(work, work.mended)
        work.damage = self._damage(work, work.mended, age)
        work.weight = weight_of(work.damage)
        denoise = work.strength.denoise * _cleaning(work, age)
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
        cleaning = _cleaning(work, work.analysis.age)
        return work.mask is not None or work.options.scratches != "off" or cleaning > 0

    def _damage(self, work: Work, mended: Mended, age: float) -> np.ndarray:
        if work.mask is None and work.options.scratches == "off":
            return np.zeros_like(mended.damage)
        # A mask that was given is certain; what was found is less so on a photo that shows no age.
        trusted = work.mask is not None or work.options.scratches == "on"
        return mended.certain(work.strength, 1.0 if trusted else age)

    def _age(self, work: Work, mended: Mended) -> float:
        """Much damage is a sign of age, too; a mask that was given says only where it is."""
        damaged = 0.0 if work.mask is not None else ramp(mended.damaged, *DAMAGE_OF_AGE)
        return max(work.analysis.age, damaged)

    def _size(self, picture: np.ndarray) -> tuple[int, int]:
        return resample.fit(picture.shape[:2], PIXELS)

    def _mend(self, work: Work, advance: Advance) -> Mended:
        size = self._size(work.original)
        picture = resample.shrink(work.original, size)
        if work.mask is None:
            damage = self._found(picture, lambda share: advance(FINDING_SHARE * share))
        else:
            damage = strongest(work.mask, size)
        planes = np.dstack((picture, damage))
        rest = 1 - FINDING_SHARE
        mended = self._tiled(self._render, planes, 3, lambda share: advance(FINDING_SHARE + rest * share))
        return Mended(mended, damage)

    def _found(self, picture: np.ndarray, advance: Advance) -> np.ndarray:
        """Probability of damage in h x w x 3 uint8: h x w uint8, 255 = certain."""
        damage = self._tiled(self._find, picture, 1, lambda share: advance(LOOK_SHARE * share))[..., 0]
        wide = patches.wide(damage)
        if not wide.any():
            return damage
        height, width = damage.shape
        mirrored = np.ascontiguousarray(picture[:, ::-1])
        small = resample.shrink(mirrored, (-(-height // 2), -(-width // 2)))
        rest = 1 - LOOK_SHARE
        again = self._tiled(self._find, small, 1, lambda share: advance(LOOK_SHARE + rest * share))[..., 0]
        large = Image.fromarray(again[:, ::-1]).resize((width, height), Image.Resampling.BILINEAR)
        return patches.confirmed(damage, wide, np.asarray(large))

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
        """[1, 4, h, w] in 0..1, picture and damage → the mended picture [1, 3, h, w]."""
        advance(0.0)
        damage = planes[:, 3:]
        # In the photo's own colours: they are corrected afterwards, for the whole picture at once.
        with self._precision():
            repair = self._network.repair(_last(planes[:, :3]), identity_colour(), damage, damage)
        return repair.picture.float()

    def _precision(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self._dtype == torch.bfloat16)


def _last(picture: Tensor) -> Tensor:
    return picture.contiguous(memory_format=torch.channels_last)


def _cleaning(work: Work, age: float) -> float:
    """How much of the cleaning beside the damage the options and the signs of `age` ask for, 0 to 1."""
    if work.options.denoise == "off":
        return 0.0
    if work.options.denoise == "on":
        return 1.0
    return age
