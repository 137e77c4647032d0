"""The simulator's present second. One place, so that a test clock has one place to turn."""

import time


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())
