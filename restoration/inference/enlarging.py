"""The last stage: a larger picture, with detail that x4plus redraws where the photo is small enough for it."""

from typing import Any

import numpy as np
from PIL import Image

from restoration.imaging.limits import MAX_PIXELS
from restoration.inference import network, rendering, resample
from restoration.inference.options import OptionsError
from restoration.inference.stages import STRIP_PIXELS, Advance, Work


class Enlarging:
    """Enlarges bicubically; fine detail comes from x4plus' rendering where that is finer than the photo."""

    name = "enlarging"

    def __init__(self, model: network.RRDBNet, pixels: int) -> None:
        self._model, self._pixels = model, pixels

    def cost(self, work: Work) -> float:
        """Raises OptionsError when the result would be larger than the largest picture that is accepted."""
        height, width = work.original.shape[:2]
        factor = work.options.upscale
        if factor == 1:
            return 0.0
        if height * width * factor**2 > MAX_PIXELS:
            raise OptionsError(
                f"Enlarged {factor} times, {width} x {height} pixels would become more than "
                f"{MAX_PIXELS // 1_000_000} million. Ask for a smaller factor."
            )
        rows, columns = self._size(work)
        drawing = rendering.SECONDS_PER_PIXEL * rows * columns if self._draws(work) else 0.0
        return drawing + 0.2e-6 * height * width * factor**2

    def run(self, work: Work, advance: Advance) -> None:
        factor = work.options.upscale
        if factor == 1:
            return
        finer, drawn = self._draws(work), None
        if finer:
            drawn = rendering.render(
                self._model, work.picture, self._size(work), lambda share: advance(0.9 * share)
            )
        work.picture = _enlarged(work.picture, drawn, factor)
        advance(1.0)
        done: dict[str, Any] = {"done": True, "factor": factor, "redrawn": finer}
        if not finer:
            done["left_out"] = "The photo is larger than what the network draws: it was enlarged as it is."
        work.report[self.name] = done

    def _size(self, work: Work) -> tuple[int, int]:
        return resample.fit(work.original.shape[:2], self._pixels)

    def _draws(self, work: Work) -> bool:
        """Whether the network's rendering would be finer than the photo."""
        return network.SCALE * self._size(work)[0] > work.original.shape[0]


def _enlarged(picture: np.ndarray, drawn: np.ndarray | None, factor: int) -> np.ndarray:
    """`picture` (h x w x 3) `factor` times as large, plus the detail of `drawn` that it cannot hold itself."""
    height, width = picture.shape[0] * factor, picture.shape[1] * factor
    plain = Image.fromarray(picture)
    result = np.empty((height, width, 3), np.uint8)
    fine = Image.fromarray(drawn) if drawn is not None else None
    held = Image.fromarray(resample.shrink(drawn, picture.shape[:2])) if drawn is not None else None
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        place = (top, bottom, 0, width)
        strip = resample.window(plain, (height, width), place).astype(np.float32)
        if fine is not None and held is not None:
            strip += resample.window(fine, (height, width), place)
            strip -= resample.window(held, (height, width), place)
        result[top:bottom] = np.clip(np.rint(strip), 0, 255).astype(np.uint8)
    return result
