"""Faces redrawn in their squares, and nothing else."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from restoration.inference.plugins.faces import crop, paste, square
from tests.restoration.inference.plugins.additions import installed
from tests.restoration.inference.plugins.networks import (
    needs_spandrel,
    restoreformer,
)
from tests.restoration.inference.plugins.running import PICTURE, run, stage_of
from tests.restoration.inference.plugins.works import work_on

ASTRONAUT = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356])


@needs_spandrel
@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("dlib"), reason="dlib, the face detector, is not installed")
def test_faces_are_redrawn_and_the_rest_is_kept(tmp_path: Path) -> None:
    installed(tmp_path, "face", restoreformer(), "Apache-2.0")
    work = work_on(ASTRONAUT, "face")
    run(stage_of(tmp_path, "face"), work)
    report = work.report["plugin_face"]
    assert (report["faces"], report["redrawn"]) == (1, 1)
    changed = (work.picture != ASTRONAUT).any(axis=2)
    assert changed[90:170, 60:180].mean() > 0.5, "the face"
    assert not changed[-20:].any(), "the chest"


def test_a_square_may_reach_beyond_the_picture() -> None:
    place = square((2, 3, 20, 20))
    assert place[0] < 0 > place[1]
    face = crop(PICTURE, place)
    assert face.shape == (place[2], place[2], 3)
    assert np.array_equal(face[0, 0], PICTURE[0, 0])
    pasted = PICTURE.copy()
    paste(pasted, place, face)
    assert np.array_equal(pasted, PICTURE), "what was cut out and pasted back changes nothing"


def test_a_pasted_face_fades_into_the_picture() -> None:
    picture = np.full((64, 64, 3), 100, np.uint8)
    paste(picture, (16, 16, 32), np.full((32, 32, 3), 200, np.uint8))
    row = picture[32, :, 0].astype(int)
    assert row[15] == 100 == row[48]
    assert row[32] == 150, "half of the network's face is taken"
    assert np.abs(np.diff(row)).max() <= 15
