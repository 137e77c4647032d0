"""Printing figures: one row each, with its ratio to the baseline of the same run."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """Print rows under their columns; numbers to three digits."""
    texts = [list(columns), *([_text(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in texts) for place in range(len(columns))]
    print(f"\n{title}")
    for row in texts:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  " + row[0].ljust(widths[0]) + "  " + "  ".join(cells))


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
