"""Holes painted inside the mask, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from restoration.inference.plugins.holes import holes
from tests.restoration.inference.plugins.additions import installed
from tests.restoration.inference.plugins.networks import (
    lama,
    needs_spandrel,
)
from tests.restoration.inference.plugins.running import PICTURE, run, silently, stage_of
from tests.restoration.inference.plugins.works import work_on


@needs_spandrel
@pytest.mark.slow
def test_lama_paints_inside_the_mask_only(tmp_path: Path) -> None:
    installed(tmp_path, "inpaint", lama(), "Apache-2.0")
    stage = stage_of(tmp_path, "inpaint")
    unmarked = work_on(PICTURE, "inpaint")
    silently(stage, unmarked)
    assert unmarked.report["plugin_inpaint"]["why"] == "no hole was found and no damage mask given"
    mask = np.zeros(PICTURE.shape[:2], np.uint8)
    mask[20:40, 30:60] = 255
    work = work_on(PICTURE, "inpaint", mask=mask)
    run(stage, work)
    assert np.array_equal(work.picture[mask == 0], PICTURE[mask == 0])
    assert (work.picture[mask > 0] != PICTURE[mask > 0]).mean() > 0.5


def test_a_given_mask_says_where_holes_are_and_else_the_repair_does() -> None:
    work = work_on(PICTURE)
    assert not holes(work).any()
    work.weight = np.zeros((32, 48), np.uint8)
    work.weight[4:8, 10:20] = 255
    found = holes(work)
    assert found.shape == PICTURE.shape[:2]
    assert found[8:16, 20:40].all()
    assert found.sum() == 8 * 20
    work.mask = np.zeros(PICTURE.shape[:2], np.uint8)
    work.mask[0, :] = 127, *[128] * 95
    assert np.array_equal(np.flatnonzero(holes(work)), np.arange(1, 96))
