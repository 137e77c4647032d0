"""Processes that train one network together, each with one thread.

On a shared CPU this beats one process with two threads: threads meet after every operation and wait
whenever one of them has lost its core, processes meet once a step.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import distributed, nn
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors
from torch.multiprocessing.spawn import spawn

P = TypeVar("P")


@dataclass(frozen=True)
class Team:
    """This process's place among `size`."""

    rank: int
    size: int

    @property
    def leads(self) -> bool:
        """Whether this process saves and reports."""
        return self.rank == 0

    def share_gradients(self, network: nn.Module) -> None:
        """Replace every gradient by its mean over the team."""
        if self.size == 1:
            return
        gradients = [value.grad for value in network.parameters() if value.grad is not None]
        flat = _flatten_dense_tensors(gradients)
        distributed.all_reduce(flat)
        flat /= self.size
        for gradient, mean in zip(gradients, _unflatten_dense_tensors(flat, gradients), strict=True):
            gradient.copy_(mean)

    def agree(self, *values: float) -> tuple[float, ...]:
        """The leader's values, in every process."""
        if self.size == 1:
            return values
        shared = torch.tensor(values, dtype=torch.float64)
        distributed.broadcast(shared, src=0)
        return tuple(shared.tolist())


ALONE = Team(0, 1)


def run_team(work: Callable[[P, Team], None], plan: P, size: int) -> None:
    """Run `work(plan, team)` in `size` one-thread processes; raises when one of them fails."""
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        # Daemons end with this process, and SIGTERM has to end it the usual way for that: a run that was
        # stopped must not go on writing checkpoints in the background.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        spawn(_member, (work, plan, size, meeting.as_uri()), nprocs=size, daemon=True)


def _member(rank: int, work: Callable[[P, Team], None], plan: P, size: int, meeting: str) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    try:
        work(plan, Team(rank, size))
    finally:
        distributed.destroy_process_group()
