"""The faithfulness report: every measurement of one restoration, ready for JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from . import limits
from .changes import shares
from .drift import Drift, drift
from .evidence import Evidence, view
from .faces import Faces, examine
from .structure import kept

VERSION = 1


@dataclass(frozen=True)
class Faithfulness:
    """
    measured_at: width and height of the view that colour, structure and faces were measured on, and in whose
        pixels the faces' boxes are
    repaired, invented: shares of the photo's pixels; the repaired include the invented
    colour: drift outside repairs; structure: MS-SSIM outside repairs; None where nothing is outside
    """

    measured_at: tuple[int, int]
    repaired: float
    invented: float
    colour: Drift | None
    structure: float | None
    faces: Faces

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON, rounded, with the limits that do not hold."""
        report = {"version": VERSION, **_rounded(asdict(self))}
        return {**report, "breaches": [breach.as_dict() for breach in limits.verdict(self)]}


def assess(evidence: Evidence) -> Faithfulness:
    """
    Measure how far a restoration stayed true to its original.

    Takes memory for a view of 1 megapixel, whatever the size of the photo, and about a second.
    """
    seen = view(evidence)
    height, width = seen.before.shape[:2]
    repaired, invented = shares(evidence.repaired, evidence.invented)
    return Faithfulness(
        (width, height),
        repaired,
        invented,
        drift(seen.before, seen.after, seen.outside),
        kept(seen.before, seen.after, seen.outside, seen.grain),
        examine(seen),
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value
