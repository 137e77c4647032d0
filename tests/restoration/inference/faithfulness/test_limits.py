"""The verdict names every limit that does not hold, and none that does."""

from dataclasses import replace

import pytest

from restoration.inference.faithfulness import Faithfulness, limits, verdict
from restoration.inference.faithfulness.drift import Drift
from restoration.inference.faithfulness.faces import Face, Faces

FACE = Face((10, 10, 90, 90), "both", 0.5, 0.99, 0.0, 0.0, 0.1)
FAITHFUL = Faithfulness((640, 480), 0.02, 0.0, Drift(0.5, 1.5, 900), 0.97, Faces(True, "", "", [FACE]))


def test_a_faithful_restoration_breaks_none() -> None:
    assert verdict(FAITHFUL) == []


def test_at_the_limit_it_still_holds() -> None:
    at = replace(FAITHFUL, colour=Drift(1, limits.COLOUR_P95, 9), structure=limits.STRUCTURE)
    assert verdict(at) == []


def test_what_was_not_measured_breaks_nothing() -> None:
    unknown = replace(FACE, colour=None, structure=None, identity=None)
    none = replace(FAITHFUL, colour=None, structure=None, faces=Faces(False, "", "", [unknown]))
    assert verdict(none) == []


@pytest.mark.parametrize(
    ("found", "measure"),
    [
        (replace(FAITHFUL, colour=Drift(1, limits.COLOUR_P95 + 0.1, 9)), "colour.p95"),
        (replace(FAITHFUL, structure=limits.STRUCTURE - 0.01), "structure"),
    ],
)
def test_the_whole_photo(found: Faithfulness, measure: str) -> None:
    assert [breach.measure for breach in verdict(found)] == [measure]


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("colour", limits.FACE_COLOUR + 0.1),
        ("structure", limits.FACE_STRUCTURE - 0.01),
        ("repaired", limits.FACE_REPAIRED + 0.01),
        ("invented", limits.FACE_INVENTED + 0.01),
        ("identity", limits.FACE_IDENTITY + 0.01),
    ],
)
def test_one_face_among_others(measure: str, value: float) -> None:
    found = replace(FAITHFUL, faces=Faces(True, "", "", [FACE, replace(FACE, **{measure: value}), FACE]))
    (breach,) = verdict(found)
    assert breach.measure == f"faces.1.{measure}"
    assert breach.value == pytest.approx(value, abs=1e-3)
    assert breach.as_dict().keys() == {"measure", "value", "limit"}
