"""The simulator's present second, and the test clock that turns it forward.

Deliveries are signed and repeated by the real time: the endpoint that checks them has no other.
"""

import time

from billing.stripe_simulator import switches

_ahead_s = 0


def now() -> int:
    """Seconds since 1970, as far ahead of the real time as the test clock was advanced."""
    return int(time.time()) + _ahead_s


def advance(seconds: int) -> None:
    """Turn the clock forward, and keep it so over a restart."""
    set_ahead(_ahead_s + seconds)


def set_ahead(seconds: int) -> None:
    """How far the clock is ahead of the real time."""
    global _ahead_s
    switches.turn("clock_ahead_s", seconds)
    _ahead_s = seconds


def restore() -> None:
    """Take up where an earlier process with the same state stopped."""
    global _ahead_s
    _ahead_s = switches.read("clock_ahead_s", 0)
