"""The report of a whole restoration: real pictures in, plain JSON out."""

import json

import numpy as np
import pytest
from PIL import Image, ImageFilter

from restoration.inference.faithfulness import assess
from tests.restoration.inference.faithfulness.conftest import Make


def test_an_untouched_photo_is_wholly_faithful(whole: np.ndarray, evidence: Make) -> None:
    report = assess(evidence(whole)).as_dict()
    assert report["measured_at"] == [288, 192]
    assert (report["repaired"], report["invented"], report["structure"]) == (0, 0, 1)
    assert (report["colour"]["mean"], report["colour"]["p95"]) == (0, 0)
    assert report["breaches"] == []
    assert json.loads(json.dumps(report)) == report


def test_a_repaired_scratch_is_a_share_and_no_drift(
    whole: np.ndarray, scratch: np.ndarray, evidence: Make
) -> None:
    scratched = whole.copy()
    scratched[scratch] = 240
    report = assess(
        evidence(scratched, result=whole, repaired=scratch * np.uint8(255), invented=scratch)
    ).as_dict()
    assert report["repaired"] == report["invented"] == pytest.approx(3 / 288, abs=1e-4)
    assert (report["colour"]["p95"], report["structure"], report["breaches"]) == (0, 1, [])


def test_drift_is_measured_from_the_corrected_photo(whole: np.ndarray, evidence: Make) -> None:
    faded = whole // 2 + 60
    assert assess(evidence(faded, corrected=whole)).as_dict()["colour"]["p95"] == 0
    assert assess(evidence(faded, result=whole)).as_dict()["colour"]["p95"] > 5


def test_a_shifted_colour_and_lost_structure_are_breaches(whole: np.ndarray, evidence: Make) -> None:
    shifted = np.clip(np.rint(whole * [1.15, 1, 0.85]), 0, 255).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(whole).filter(ImageFilter.GaussianBlur(8)))
    for result, measure in ((shifted, "colour.p95"), (smooth, "structure")):
        breaches = assess(evidence(whole, result=result)).as_dict()["breaches"]
        assert measure in [breach["measure"] for breach in breaches]


def test_all_of_it_was_repaired(whole: np.ndarray, evidence: Make) -> None:
    report = assess(evidence(whole, repaired=np.full(whole.shape[:2], 255, np.uint8))).as_dict()
    assert (report["repaired"], report["colour"], report["structure"]) == (1, None, None)


def test_a_face_stands_in_the_report(astronaut: np.ndarray, evidence: Make) -> None:
    pytest.importorskip("dlib", reason="the extra `faces` is not installed")
    (face,) = assess(evidence(astronaut)).as_dict()["faces"]["found"]
    assert face["seen"] == "both"
    assert len(face["box"]) == 4
