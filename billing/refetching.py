"""What was fetched from Stripe may be old by the time it is applied; then it is fetched again."""

from collections.abc import Callable
from typing import TypeVar

from billing.errors import Overtaken

T = TypeVar("T")
TRIES = 5


def fetch_and_apply(step: Callable[[], T]) -> T:
    """Take the step, which fetches and applies, until nothing newer was applied between the two.

    Raises Overtaken where others were faster five times.
    """
    for _ in range(TRIES - 1):
        try:
            return step()
        except Overtaken:
            continue
    return step()
