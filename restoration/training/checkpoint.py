"""State of a training run on disk: resumable, written atomically."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

FILE = "checkpoint.pt"


@dataclass
class Progress:
    """How far a run has come: optimiser steps, seconds of training, and one row a report."""

    step: int = 0
    seconds: float = 0.0
    curve: list[dict[str, float]] = field(default_factory=list)


class MovingAverage:
    """Exponential moving average of the weights; young averages move faster."""

    def __init__(self, network: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.weights = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network's present weights."""
        decay = min(self.decay, (1 + step) / (20 + step))
        names = list(self.weights)
        present = network.state_dict()
        torch._foreach_lerp_([self.weights[n] for n in names], [present[n] for n in names], 1 - decay)


def save(
    folder: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: MovingAverage,
    progress: Progress,
) -> None:
    """Write the whole state; a crash in between leaves the former file."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "average": average.weights,
        "progress": vars(progress),
    }
    partial = folder / (FILE + ".part")
    torch.save(state, partial)
    os.replace(partial, folder / FILE)


def load(
    folder: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: MovingAverage,
    device: torch.device,
) -> Progress:
    """Restore a run in place; a folder without a checkpoint is a run that has not begun."""
    path = folder / FILE
    if not path.exists():
        return Progress()
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.weights = state["average"]
    return Progress(**state["progress"])
