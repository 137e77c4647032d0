"""Runs a network over a picture tile by tile, so that memory does not grow with the picture."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Span:
    """One tile along one axis: input pixels [start, stop), in units of the input."""

    start: int
    stop: int


def spans(length: int, tile: int, overlap: int, unit: int = 1) -> list[Span]:
    """
    Spans of equal length (at most `tile`) that cover `length` and overlap by at least `overlap`.

    Equal, because a short last tile would be computed at full cost for a few new pixels. They start and stop
    at multiples of `unit`, of which all three lengths are multiples, too.
    """
    if unit > 1:
        rough = spans(length // unit, tile // unit, overlap // unit)
        return [Span(span.start * unit, span.stop * unit) for span in rough]
    if length <= tile:
        return [Span(0, length)]
    count = math.ceil((length - overlap) / (tile - overlap))
    size = math.ceil((length + (count - 1) * overlap) / count)
    last = length - size
    starts = [round(index * last / (count - 1)) for index in range(count)]
    return [Span(start, start + size) for start in starts]


def ramp(span: Span, axis: list[Span], scale: int) -> Tensor:
    """Weights of one span's output pixels: linear over each overlap, so that all spans add up to one."""
    weights = torch.ones((span.stop - span.start) * scale)
    index = axis.index(span)
    if index > 0:
        width = (axis[index - 1].stop - span.start) * scale
        weights[:width] *= (torch.arange(width) + 0.5) / width
    if index + 1 < len(axis):
        width = (span.stop - axis[index + 1].start) * scale
        weights[-width:] *= ((torch.arange(width) + 0.5) / width).flip(0)
    return weights


def run(
    network: Callable[[Tensor, Callable[[float], None]], Tensor],
    picture: np.ndarray,
    *,
    scale: int,
    tile: int,
    overlap: int,
    advance: Callable[[float], None],
    channels: int = 3,
    unit: int = 1,
) -> np.ndarray:
    """
    `network` ([1, c, h, w] in 0..1 to [1, channels, scale*h, scale*w]) over `picture` (h x w x c uint8).

    Returns scale*h x scale*w x channels uint8. `advance` gets the share done, within a tile too, and may
    raise. Tiles lie at multiples of `unit`, of which the picture's sides are multiples.
    """
    height, width = picture.shape[:2]
    rows, columns = spans(height, tile, overlap, unit), spans(width, tile, overlap, unit)
    result = np.empty((height * scale, width * scale, channels), np.uint8)
    # Only the rows of output that two tile rows share are kept as floats.
    carried: Tensor | None = None
    done, total = 0, len(rows) * len(columns)

    def within(share: float) -> None:
        advance((done + share) / total)

    for number, row in enumerate(rows):
        band = torch.zeros((row.stop - row.start) * scale, width * scale, channels)
        if carried is not None:
            band[: carried.shape[0]] = carried
        vertical = ramp(row, rows, scale)[:, None, None]
        for column in columns:
            patch = np.array(picture[row.start : row.stop, column.start : column.stop])
            tensor = torch.from_numpy(patch).permute(2, 0, 1)[None].float().div_(255)
            output = network(tensor, within)[0].permute(1, 2, 0).clamp(0, 1)
            output = output * vertical * ramp(column, columns, scale)[None, :, None]
            band[:, column.start * scale : column.stop * scale] += output
            done += 1
            advance(done / total)
        finished = rows[number + 1].start - row.start if number + 1 < len(rows) else row.stop - row.start
        finished *= scale
        top = row.start * scale
        result[top : top + finished] = band[:finished].mul(255).round_().clamp_(0, 255).byte().numpy()
        carried = band[finished:].clone()
    return result
