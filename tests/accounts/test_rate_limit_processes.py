"""Counted on the shared cache: eight processes together let exactly 100 of 1,600 requests in."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from accounts.throttling import KeyThrottle

REPOSITORY = Path(__file__).resolve().parents[2]


def admitted(lineage: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.accounts.callers", lineage],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "platform"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"rate_limit_cache_down" not in done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["failed"] == 0
    counts: list[int] = result["admitted"]
    return counts


def test_eight_processes_admit_exactly_100() -> None:
    for _ in range(3):
        lineage = f"key_{secrets.token_hex(13)}"
        before = window_left(lineage)
        counts = admitted(lineage)
        if window_left(lineage) <= before:  # the window did not end in between
            break
    assert len(counts) == 8
    assert sum(counts) == KeyThrottle.limit == 100


def window_left(lineage: str) -> int:
    """Seconds to the end of this key's window."""
    from django_ratelimit.core import _get_window

    left: int = _get_window(lineage, 3600) - int(time.time())
    return left
