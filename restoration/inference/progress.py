"""How a running restoration tells how far it is, and how it is stopped."""

from collections.abc import Callable

Report = Callable[[str, float], None]


class Cancelled(Exception):
    """The caller asked to stop; nothing was produced."""


class Progress:
    """Turns the advance of each stage into one share of the whole, which never falls back."""

    def __init__(
        self,
        costs: dict[str, float],
        report: Report | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._costs = costs
        self._total = sum(costs.values()) or 1.0
        self._report = report
        self._cancelled = cancelled
        self._done = 0.0

    def advance(self, stage: str, share: float) -> None:
        """Stage `stage` is at `share` (0..1) of its work. Raises Cancelled when the caller wants to stop."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled(f"Cancelled during {stage}.")
        before = 0.0
        for name, cost in self._costs.items():
            if name == stage:
                break
            before += cost
        now = (before + self._costs[stage] * min(max(share, 0.0), 1.0)) / self._total
        self._done = max(self._done, now)
        if self._report is not None:
            self._report(stage, self._done)
