"""Faces are found in a real photo, before and after, and what happened to each is told."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from restoration.inference.faithfulness import faces
from restoration.inference.faithfulness.evidence import view
from tests.restoration.inference.faithfulness.conftest import Make

pytest.importorskip("dlib", reason="the extra `faces` is not installed")


def blurred(photo: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(radius)))


def test_the_astronauts_face_is_found_and_unchanged(astronaut: np.ndarray, evidence: Make) -> None:
    found = faces.examine(view(evidence(astronaut)))
    (face,) = found.found
    left, top, width, height = face.box
    assert found.looked_for
    assert left < 220 < left + width
    assert top < 115 < top + height
    assert (face.seen, face.colour, face.repaired, face.invented) == ("both", 0, 0, 0)
    assert face.structure == pytest.approx(1, abs=1e-5)


def test_the_box_is_in_pixels_of_what_was_measured(astronaut: np.ndarray, evidence: Make) -> None:
    large = np.asarray(Image.fromarray(astronaut).resize((1536, 1536)))
    seen = view(evidence(large))
    (face,) = faces.examine(seen).found
    (small_face,) = faces.examine(view(evidence(astronaut))).found
    assert seen.before.shape == (1024, 1024, 3)
    assert np.array(face.box) / 2 == pytest.approx(np.array(small_face.box), abs=8)


def test_a_face_that_was_smoothed_lost_structure(astronaut: np.ndarray, evidence: Make) -> None:
    smooth = astronaut.copy()
    smooth[60:180, 160:280] = blurred(astronaut, 3)[60:180, 160:280]
    (face,) = faces.examine(view(evidence(astronaut, result=smooth))).found
    assert face.structure is not None
    assert face.structure < 0.9


def test_a_face_that_was_tinted_drifted(astronaut: np.ndarray, evidence: Make) -> None:
    tinted = astronaut.copy()
    tinted[60:180, 160:280, 0] = np.clip(astronaut[60:180, 160:280, 0] * 1.1, 0, 255)
    (face,) = faces.examine(view(evidence(astronaut, result=tinted))).found
    assert face.colour is not None
    assert face.colour > 2


def test_a_repair_across_a_face_is_its_share(astronaut: np.ndarray, evidence: Make) -> None:
    repaired = np.zeros(astronaut.shape[:2], np.uint8)
    repaired[110:119] = 255
    mended = astronaut.copy()
    mended[110:119] = blurred(astronaut, 1)[110:119]
    (face,) = faces.examine(view(evidence(astronaut, result=mended, repaired=repaired))).found
    assert face.repaired == pytest.approx(9 / face.box[3], abs=0.001)
    assert face.colour == 0


def test_a_face_that_came_or_went_is_told(astronaut: np.ndarray, evidence: Make) -> None:
    without = astronaut.copy()
    without[40:200, 150:300] = 120
    assert [face.seen for face in faces.examine(view(evidence(without, result=astronaut))).found] == ["after"]
    assert [face.seen for face in faces.examine(view(evidence(astronaut, result=without))).found] == [
        "before"
    ]


def test_a_photo_without_people_has_none(whole: np.ndarray, evidence: Make) -> None:
    found = faces.examine(view(evidence(whole)))
    assert (found.looked_for, found.found) == (True, [])


@pytest.mark.parametrize("shape", [(16, 16), (16, 1500), (1500, 16)])
def test_narrow_pictures(shape: tuple[int, int]) -> None:
    assert faces.find(np.zeros((*shape, 3), np.uint8)) == []


def test_without_a_detector_the_report_says_so(
    astronaut: np.ndarray, evidence: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec

    def without_dlib(name: str, *rest: Any) -> Any:
        return None if name == "dlib" else find_spec(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without_dlib)
    found = faces.examine(view(evidence(astronaut)))
    assert (found.looked_for, found.found) == (False, [])
    assert found.note == "faces not looked for: no detector installed"
