"""Train the colour head alone, on many small prints, before or beside the rest of the network.

    python -m restoration.training.colours --cache DIR --to colour_head.pt --minutes 8

A print gives the whole network seven patches but the colour head one thumbnail; here a thumbnail costs a
fiftieth of a print. `train --colour-head` takes the result over.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from restoration.inference.colour_head import THUMBNAIL, ColourHead, apply_colour, decided
from restoration.training import losses, photographs
from restoration.training.ageing import age, age_tones
from restoration.training.checkpoint import MovingAverage
from restoration.training.dataset import crop_view, thumbnail

NEW_A_STEP = 8

Lesson = tuple[Tensor, Tensor, Tensor]
"""Aged and clean (N, 3, 64, 64) in 0..1, and labels (N, 2): colours changed, monochrome."""


def lessons(cache: Path, split: str, batch: int, seed: int) -> Iterator[Lesson]:
    """Endless batches; a fifth of the prints carry the full damage, the rest only changed tones."""
    rng = np.random.default_rng(seed)
    pictures, weights = photographs.load(cache, split)
    while True:
        aged, clean, labels = [], [], []
        for _ in range(batch):
            photograph = pictures[int(rng.choice(len(pictures), p=weights))]
            if rng.random() < 0.2:
                print_ = age(rng, crop_view(rng, photograph, 224, (0.15, 1.0)))
            else:
                print_ = age_tones(rng, crop_view(rng, photograph, THUMBNAIL + 16, (0.05, 0.4)))
            aged.append(thumbnail(print_.aged))
            clean.append(thumbnail(print_.clean))
            labels.append((float(print_.colour_changed), float(print_.monochrome)))
        yield _tensor(aged), _tensor(clean), torch.tensor(labels)


class Replay:
    """Lessons are dear and the head is cheap: each is seen several times before it is overwritten."""

    def __init__(self, stream: Iterator[Lesson], batch: int, capacity: int = 6000) -> None:
        self.stream, self.batch, self.seen = stream, batch, 0
        self.pictures = torch.zeros(capacity, 2, 3, THUMBNAIL, THUMBNAIL, dtype=torch.uint8)
        self.labels = torch.zeros(capacity, 2)

    def __next__(self) -> Lesson:
        aged, clean, labels = next(self.stream)
        places = torch.arange(self.seen, self.seen + len(aged)) % len(self.labels)
        self.pictures[places] = (torch.stack([aged, clean], 1) * 255).round().byte()
        self.labels[places] = labels
        self.seen += len(aged)
        again = torch.randint(min(self.seen, len(self.labels)), (self.batch,))
        pair = self.pictures[again].float() / 255
        return pair[:, 0], pair[:, 1], self.labels[again]


def train(cache: Path, target: Path, minutes: float, batch: int, rate: float, seed: int) -> dict[str, float]:
    """Train for some minutes and save the averaged weights; returns the last validation figures."""
    torch.manual_seed(seed)
    head = ColourHead()
    optimiser = torch.optim.AdamW(head.parameters(), rate, weight_decay=1e-3)
    average = MovingAverage(head, 0.998)
    replay = Replay(lessons(cache, "train", NEW_A_STEP, seed), batch)
    examination = next(lessons(cache, "validation", 200, 5))
    began = time.monotonic()
    step, figures = 0, {}
    with tqdm(total=round(minutes * 60), unit="s", mininterval=10.0) as bar:
        while (elapsed := time.monotonic() - began) < minutes * 60:
            aged, clean, labels = next(replay)
            if step % 2:
                aged, clean = aged.flip(3), clean.flip(3)
            loss = losses.colour_error(head(aged), aged, clean, labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            for group in optimiser.param_groups:
                group["lr"] = rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * elapsed / (minutes * 60))))
            optimiser.step()
            average.update(head, step)
            step += 1
            bar.update(time.monotonic() - began - bar.n)
            if step % 300 == 0:
                figures = _examined(average, examination)
                tqdm.write(f"{step} {float(loss.detach()):.4f} {figures}")
    torch.save(average.weights, target)
    return _examined(average, examination)


@torch.inference_mode()
def _examined(average: MovingAverage, lesson: Lesson) -> dict[str, float]:
    head = ColourHead()
    head.load_state_dict(average.weights)
    aged, clean, labels = lesson
    parameters = head(aged)
    found = decided(parameters)[:, :2] > 0
    corrected = apply_colour(aged, decided(parameters))
    return {
        "error_before": round(float((aged - clean).abs().mean()), 4),
        "error_after": round(float((corrected - clean).abs().mean()), 4),
        "changed_right": round(float((found[:, 0] == (labels[:, 0] > 0.5)).float().mean()), 3),
        "monochrome_right": round(float((found[:, 1] == (labels[:, 1] > 0.5)).float().mean()), 3),
    }


def _tensor(pictures: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m restoration.training.colours", description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True, help="file for the head's weights")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    figures = train(options.cache, options.to, options.minutes, options.batch, options.rate, options.seed)
    tqdm.write(str(figures))


if __name__ == "__main__":
    main()
