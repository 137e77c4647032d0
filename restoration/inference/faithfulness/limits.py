"""How much a restoration may change. The only place with these figures."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import Faithfulness

# Set on validation prints of the trainer, never on the benchmark. Colours: the engine's own results drift by 0 to
# 2.3 (p95, 27 prints), a tenth more or less of one channel by 5.0 to 9.9. Structure: of 30 heavily aged prints,
# none kept less than 0.80 when the true original took its place, the engine's own results keep 0.93 and more.
COLOUR_P95 = 4.0
STRUCTURE = 0.80
# The same for one aged face: the truth keeps 0.86 to 1.0, a blur of 3 pixels 0.79 to 0.88.
FACE_COLOUR = 3.0
FACE_STRUCTURE = 0.85
# Most of a face that may come from the repair, and that may be invented.
FACE_REPAIRED = 0.5
FACE_INVENTED = 0.2
# dlib's own line between two people is 0.6.
FACE_IDENTITY = 0.5


@dataclass(frozen=True)
class Breach:
    """One limit that does not hold. measure: where its figure stands in the report, such as "faces.0.structure"."""

    measure: str
    value: float
    limit: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def verdict(found: "Faithfulness") -> list[Breach]:
    """The limits that do not hold, in a fixed order; empty when the restoration is faithful."""
    rows: list[tuple[str, float | None, float, float]] = [
        ("colour.p95", found.colour.p95 if found.colour else None, COLOUR_P95, 1),
        ("structure", found.structure, STRUCTURE, -1),
    ]
    for place, face in enumerate(found.faces.found):
        rows += [
            (f"faces.{place}.colour", face.colour, FACE_COLOUR, 1),
            (f"faces.{place}.structure", face.structure, FACE_STRUCTURE, -1),
            (f"faces.{place}.repaired", face.repaired, FACE_REPAIRED, 1),
            (f"faces.{place}.invented", face.invented, FACE_INVENTED, 1),
            (f"faces.{place}.identity", face.identity, FACE_IDENTITY, 1),
        ]
    return [
        Breach(measure, round(value, 3), limit)
        for measure, value, limit, sign in rows
        if value is not None and sign * value > sign * limit
    ]
