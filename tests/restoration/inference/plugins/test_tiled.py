"""Cleaning and enlarging, tile by tile."""

from pathlib import Path

import numpy as np
import pytest

from tests.restoration.inference.plugins.additions import installed
from tests.restoration.inference.plugins.networks import (
    esrgan,
    needs_spandrel,
    scunet,
)
from tests.restoration.inference.plugins.running import PICTURE, run, silently, stage_of
from tests.restoration.inference.plugins.works import work_on


@needs_spandrel
def test_upscale_enlarges_and_reports_whose_network_it_was(tmp_path: Path) -> None:
    manifest = installed(tmp_path, "upscale", esrgan(scale=2), "BSD-3-Clause")
    work = work_on(PICTURE, "upscale")
    shares = run(stage_of(tmp_path, "upscale"), work)
    assert work.picture.shape == (128, 192, 3)
    assert len(shares) > 10, "it tells its progress, and can be stopped, within a tile"
    assert work.report["plugin_upscale"] == {
        "done": True,
        "plugin": "upscale",
        "licence": "BSD-3-Clause",
        "sha256": manifest.sha256,
        "size": [192, 128],
    }


@needs_spandrel
def test_the_same_photo_gives_the_same_bytes(tmp_path: Path) -> None:
    installed(tmp_path, "upscale", esrgan())
    results = []
    for _ in range(2):
        work = work_on(PICTURE, "upscale")
        stage_of(tmp_path, "upscale").run(work, lambda share: None)
        results.append(work.picture)
    assert np.array_equal(*results)


@needs_spandrel
def test_a_result_that_would_be_too_large_is_not_made(tmp_path: Path) -> None:
    installed(tmp_path, "upscale", esrgan())
    large = np.full((1200, 1400, 3), 90, np.uint8)
    work = work_on(large, "upscale")
    silently(stage_of(tmp_path, "upscale"), work)
    assert "27 megapixels" in work.report["plugin_upscale"]["why"]
    assert work.picture is large


@needs_spandrel
def test_a_stage_stops_when_its_caller_does(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(share: float) -> None:
        raise Stopped

    installed(tmp_path, "upscale", esrgan())
    with pytest.raises(Stopped):
        stage_of(tmp_path, "upscale").run(work_on(PICTURE, "upscale"), stop)


@needs_spandrel
def test_denoise_keeps_the_size(tmp_path: Path) -> None:
    installed(tmp_path, "denoise", scunet(), "Apache-2.0")
    work = work_on(PICTURE, "denoise")
    run(stage_of(tmp_path, "denoise"), work)
    assert work.picture.shape == PICTURE.shape
    assert not np.array_equal(work.picture, PICTURE)
