"""Train the repair network.

    python -m restoration.training.train --cache DIR --resume DIR --minutes 100 --device cpu

The folder given to --resume holds the run: an empty one starts it, a used one goes on. Each call trains
for --minutes; --total-minutes is the whole run's length, which sets the learning rate's descent, so that
a run can be done in slices.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from restoration.inference import precision
from restoration.inference.colour_head import apply_colour, identity_colour
from restoration.inference.repair_network import RepairNetwork
from restoration.inference.repair_weights import load_repair_network
from restoration.training import checkpoint, losses
from restoration.training.dataset import AgedPatches, Sample
from restoration.training.team import ALONE, Team, run_team
from restoration.training.validation import Validation

WARM_UP_STEPS = 400
REPORT_SECONDS = 600.0
SAVE_SECONDS = 150.0
FINDER_CROP = 192
OWN_COLOURS = 0.6
"""Share of the lessons in the photo's own colours, uncorrected."""
FINDER_EAGERNESS = 6.0
"""The finder's learning rate over the body's: its gradient is far less noisy."""


@dataclass(frozen=True)
class Plan:
    """Settings of a run."""

    cache: Path
    folder: Path
    minutes: float
    total_minutes: float
    device: torch.device
    batch: int
    crop: int
    rate: float
    seed: int
    workers: int
    validation: int
    colour_head: Path | None = None
    start_from: Path | None = None
    finder_steps: int = 0
    team: Team = ALONE


class Trainer:
    """One run: network, optimiser, average, curve."""

    def __init__(self, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.team = plan, plan.team
        start = load_repair_network(plan.start_from).train() if plan.start_from else RepairNetwork()
        self.network = start.to(plan.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        finder = list(self.network.finder.parameters())
        others = [*self.network.colour_head.parameters(), *self.network.body.parameters()]
        self.optimiser = torch.optim.AdamW(
            [{"params": finder}, {"params": others}],
            plan.rate,
            betas=(0.9, 0.99),
            weight_decay=1e-4,
            fused=True,
        )
        self.average = checkpoint.MovingAverage(self.network)
        self.progress = checkpoint.load(plan.folder, self.network, self.optimiser, self.average, plan.device)
        if plan.colour_head is not None:
            self._take_colour_head(plan.colour_head)

    def learning_rate(self) -> float:
        """Warm-up, then a cosine over the whole run's time."""
        done = min(1.0, self.progress.seconds / (self.plan.total_minutes * 60))
        warm = min(1.0, (self.progress.step + 1) / WARM_UP_STEPS)
        return self.plan.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))

    def step(self, sample: Sample) -> float:
        """One optimiser step; returns the loss."""
        device = self.plan.device
        batch = {name: _placed(value, device) for name, value in sample.items()}
        with precision.mixed(device.type):
            colour = self.network.colour_parameters(batch["aged_thumbnail"])
            used = _some_in_own_colours(colour)
            # Part of the batch repairs with the true mask: it must fill what it is told to fill, and a
            # mask drawn by a person is as good as its own.
            told = torch.rand(len(colour), 1, 1, 1, device=device) < 0.3
            found = self.network.finder_mask(batch["aged"], used)
            mask = torch.where(told, batch["mask"], torch.sigmoid(found.detach()))
            repair = self.network.repair(batch["aged"], used, found, mask)
            corrected = apply_colour(batch["aged_thumbnail"], used)
        wanted = losses.in_its_colours(batch["clean"], corrected, batch["clean_thumbnail"])
        loss = losses.total(repair, wanted, batch["mask"])
        if self.plan.colour_head is None:
            loss = loss + 0.5 * losses.colour_error(
                colour, batch["aged_thumbnail"], batch["clean_thumbnail"], batch["labels"]
            )
        return self._descend(loss)

    def finder_step(self, sample: Sample) -> float:
        """A step of the damage finder alone: a fifth of a whole step's price, and it needs the most lessons."""
        batch = {name: _placed(value, self.plan.device) for name, value in sample.items()}
        with precision.mixed(self.plan.device.type):
            with torch.no_grad():
                colour = _some_in_own_colours(self.network.colour_parameters(batch["aged_thumbnail"]))
            found = self.network.finder_mask(batch["aged"], colour)
        return self._descend(losses.mask_error(found, batch["mask"]))

    def _descend(self, loss: Tensor) -> float:
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.team.share_gradients(self.network)
        norm = float(torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0))
        for group, eagerness in zip(self.optimiser.param_groups, (FINDER_EAGERNESS, 1.0), strict=True):
            group["lr"] = eagerness * self.learning_rate()
        if math.isfinite(norm):
            self.optimiser.step()
            if self.team.leads:
                self.average.update(self.network, self.progress.step)
        self.progress.step += 1
        return float(loss.detach())

    def run(self) -> None:
        """Train for the plan's minutes, saving and reporting on the way."""
        torch.manual_seed(self.plan.seed + 1000 * self.progress.step + self.team.rank)
        validation = Validation(self.plan.cache, self.plan.validation) if self.team.leads else None
        samples, finder_samples = self._samples(self.plan.crop, 0), self._samples(FINDER_CROP, 1)
        began = last = saved = reported = time.monotonic()
        waited, smoothed = 0.0, 0.0
        length = self.plan.minutes * 60
        with tqdm(total=round(length), unit="s", mininterval=20.0, disable=not self.team.leads) as bar:
            while True:
                now = time.monotonic()
                passed, over = self.team.agree(now - last, float(now - began >= length))
                self.progress.seconds += passed
                last = now
                if over:
                    break
                whole = self.progress.step % (1 + self.plan.finder_steps) == 0
                sample = next(samples if whole else finder_samples)
                waited += time.monotonic() - now
                if whole:
                    loss = self.step(sample)
                    smoothed = loss if smoothed == 0 else 0.98 * smoothed + 0.02 * loss
                else:
                    self.finder_step(sample)
                if validation is None:
                    continue
                share = f"{100 * waited / max(now - began, 1.0):.0f}%"
                bar.set_postfix(step=self.progress.step, loss=f"{smoothed:.4f}", wait=share, refresh=False)
                bar.update(passed)
                if now - saved > SAVE_SECONDS:
                    self.save()
                    saved = now
                if now - reported > REPORT_SECONDS:
                    self.report(validation, smoothed)
                    reported = now
        if validation is not None:
            self.report(validation, smoothed)
            self.save()

    def report(self, validation: Validation, loss: float) -> None:
        """Measure the averaged weights on the validation prints and add a row to the curve."""
        row = {
            "minutes": round(self.progress.seconds / 60, 1),
            "steps": self.progress.step,
            "loss": round(loss, 4),
        }
        row |= validation.measure(self.average.weights, self.plan.device)
        self.progress.curve.append(row)
        tqdm.write(json.dumps(row))

    def save(self) -> None:
        """Write the run's state and its curve."""
        checkpoint.save(self.plan.folder, self.network, self.optimiser, self.average, self.progress)
        (self.plan.folder / "curve.json").write_text(json.dumps(self.progress.curve, indent=1))

    def _take_colour_head(self, file: Path) -> None:
        """Take the colour head that was trained alone and leave it as it is."""
        weights = torch.load(file, map_location=self.plan.device, weights_only=True)
        self.network.colour_head.load_state_dict(weights)
        self.network.colour_head.requires_grad_(False)
        for name, value in weights.items():
            self.average.weights[f"colour_head.{name}"].copy_(value)

    def _samples(self, crop: int, stream_number: int) -> Iterator[Sample]:
        # A resumed run must not see the same prints again.
        seed = (self.plan.seed, self.progress.step, self.team.rank, stream_number)
        # The finder has to learn how rare damage is, or it finds some on every healthy picture.
        stream = AgedPatches(self.plan.cache, seed, crop, eager=stream_number == 0)
        workers = self.plan.workers
        loader = DataLoader(
            stream, self.plan.batch, num_workers=workers, prefetch_factor=4 if workers else None
        )
        return iter(loader)


def _some_in_own_colours(colour: Tensor) -> Tensor:
    """(N, 20): the pipeline repairs in the photo's own colours, `forward` in corrected ones; both are learned."""
    own = torch.rand(len(colour), 1, device=colour.device) < OWN_COLOURS
    return torch.where(own, identity_colour().to(colour), colour)


def _placed(value: Tensor, device: torch.device) -> Tensor:
    if value.dtype != torch.uint8:
        return value.to(device)
    return value.to(device).float().div_(255).contiguous(memory_format=torch.channels_last)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m restoration.training.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cache", type=Path, required=True, help="folder made by restoration.training.photographs"
    )
    parser.add_argument("--resume", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, default=100.0, help="length of this call")
    parser.add_argument("--total-minutes", type=float, help="length of the whole run (default: --minutes)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--batch", type=int, default=4, help="patches a step and process")
    parser.add_argument(
        "--processes", type=int, default=2, help="CPU only: one-thread processes side by side"
    )
    parser.add_argument("--crop", type=int, default=128, help="side of a patch in pixels, a multiple of 32")
    parser.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="extra processes that age photographs")
    parser.add_argument(
        "--colour-head", type=Path, help="weights from restoration.training.colours, kept fixed"
    )
    parser.add_argument(
        "--start-from", type=Path, help="folder with exported weights that a new run begins with"
    )
    parser.add_argument(
        "--finder-steps", type=int, default=3, help="steps of the finder alone after each whole step"
    )
    parser.add_argument("--validation", type=int, default=16, help="validation prints")
    options = parser.parse_args()
    plan = Plan(
        cache=options.cache,
        folder=options.resume,
        minutes=options.minutes,
        total_minutes=options.total_minutes or options.minutes,
        device=torch.device(options.device),
        batch=options.batch,
        crop=options.crop,
        rate=options.rate,
        seed=options.seed,
        workers=options.workers,
        validation=options.validation,
        colour_head=options.colour_head,
        start_from=options.start_from,
        finder_steps=options.finder_steps,
    )
    if options.device == "cpu" and options.processes > 1:
        run_team(_train_as, plan, options.processes)
    else:
        Trainer(plan).run()


def _train_as(plan: Plan, team: Team) -> None:
    Trainer(replace(plan, team=team)).run()


if __name__ == "__main__":
    main()
