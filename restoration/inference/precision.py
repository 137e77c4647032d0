"""Which number format this machine computes fastest in without visible loss."""

from pathlib import Path

import torch


def cpu_flags() -> frozenset[str]:
    """The CPU's feature flags as the kernel names them; empty where it does not tell."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    return next(
        (frozenset(line.partition(":")[2].split()) for line in text.splitlines() if line.startswith("flags")),
        frozenset(),
    )


def compute_dtype(flags: frozenset[str]) -> torch.dtype:
    """
    bfloat16 where the CPU multiplies it in hardware, else float32.

    Never float16: on a CPU it runs hundreds of times slower.
    """
    return torch.bfloat16 if flags & {"avx512_bf16", "amx_bf16"} else torch.float32
