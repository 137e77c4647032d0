"""Colours for grey photos: a guess about colour, never about light."""

from pathlib import Path

import numpy as np
import pytest

from tests.restoration.inference.ageing import grey
from tests.restoration.inference.plugins.additions import installed
from tests.restoration.inference.plugins.networks import (
    ddcolor,
    needs_extra_architectures,
    needs_spandrel,
    scunet,
)
from tests.restoration.inference.plugins.running import PICTURE, run, silently, stage_of
from tests.restoration.inference.plugins.works import work_on


@needs_spandrel
def test_colorize_takes_colours_and_keeps_the_light(tmp_path: Path) -> None:
    installed(tmp_path, "colorize", scunet(), "Apache-2.0")
    print_ = grey(PICTURE)
    work = work_on(print_, "colorize")
    run(stage_of(tmp_path, "colorize"), work)
    assert np.ptp(work.picture, axis=2).max() > 10
    light = [picture @ np.array([0.299, 0.587, 0.114]) for picture in (work.picture, print_)]
    inside = (work.picture.min(axis=2) > 0) & (work.picture.max(axis=2) < 255)  # where no channel was cut off
    assert inside.any()
    assert np.abs(light[0] - light[1])[inside].max() < 2
    assert work.report["plugin_colorize"]["invented"]


@needs_spandrel
def test_a_photo_in_colour_is_not_coloured_again(tmp_path: Path) -> None:
    installed(tmp_path, "colorize", scunet(), "Apache-2.0")
    work = work_on(PICTURE, "colorize")
    silently(stage_of(tmp_path, "colorize"), work)
    assert work.report["plugin_colorize"]["why"] == "the photo has colours of its own"
    assert work.picture is PICTURE


@needs_spandrel
@needs_extra_architectures
@pytest.mark.slow
def test_ddcolor_paints_where_its_terms_are_accepted(tmp_path: Path) -> None:
    installed(tmp_path, "colorize", ddcolor(), "academic use only", allow_noncommercial=True)
    work = work_on(grey(PICTURE), "colorize")
    run(stage_of(tmp_path, "colorize", allow_noncommercial=True), work)
    assert work.picture.shape == PICTURE.shape
