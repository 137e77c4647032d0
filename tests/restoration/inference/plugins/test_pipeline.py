"""The five plug-in stages: always there, silent unless asked for, never a fake."""

from pathlib import Path

import numpy as np
import pytest

from restoration.inference import plugins
from restoration.inference.plugins import registry
from restoration.inference.plugins.manifest import STAGES, PluginError
from restoration.inference.weights import WeightsError
from tests.pictures import photo
from tests.restoration.inference.plugins.test_registry import described
from tests.restoration.inference.plugins.works import work_on

PICTURE = np.asarray(photo(96, 64))


def run(folder: Path, *asked: str, allow_noncommercial: bool = False) -> tuple[np.ndarray, dict[str, object]]:
    work = work_on(PICTURE, *asked)
    for stage in plugins.installed_stages(folder, allow_noncommercial):
        assert stage.cost(work) >= 0
        stage.run(work, lambda share: None)
    return work.picture, work.report


def test_stages_run_from_mending_to_enlarging(tmp_path: Path) -> None:
    names = [stage.name for stage in plugins.installed_stages(tmp_path)]
    assert names == [f"plugin_{kind}" for kind in STAGES]


@pytest.mark.parametrize("kind", STAGES)
def test_without_weights_a_stage_says_so_and_touches_nothing(tmp_path: Path, kind: str) -> None:
    picture, report = run(tmp_path, kind)
    assert report == {f"plugin_{kind}": {"done": False, "why": "no weights installed"}}
    assert picture is PICTURE


def test_a_stage_that_was_not_asked_for_is_not_mentioned(tmp_path: Path) -> None:
    registry.store(tmp_path, described(b"never loaded"), b"never loaded")
    picture, report = run(tmp_path)
    assert report == {}
    assert picture is PICTURE


def test_altered_weights_stop_the_engine(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    (tmp_path / registry.FOLDER / manifest.file).write_bytes(b"others")
    with pytest.raises(WeightsError, match="sha256"):
        plugins.installed_stages(tmp_path)


def test_noncommercial_weights_are_not_used_unless_allowed(tmp_path: Path) -> None:
    from dataclasses import replace

    manifest = replace(described(b"weights"), licence="CC-BY-NC-4.0", commercial_ok=False)
    registry.store(tmp_path, manifest, b"weights")
    picture, report = run(tmp_path, "denoise")
    assert "CC-BY-NC-4.0" in report["plugin_denoise"]["why"]  # type: ignore[index]
    assert picture is PICTURE
    with pytest.raises(PluginError):  # it goes on to load them, and these are no weights
        run(tmp_path, "denoise", allow_noncommercial=True)


def test_weights_altered_after_the_start_are_not_loaded(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    (stage,) = (stage for stage in plugins.installed_stages(tmp_path) if stage.kind == "denoise")
    (tmp_path / registry.FOLDER / manifest.file).write_bytes(b"others")
    with pytest.raises(PluginError, match="sha256"):
        stage.run(work_on(PICTURE, "denoise"), lambda share: None)


def test_a_photo_beyond_the_limit_is_left_alone(tmp_path: Path) -> None:
    registry.store(tmp_path, described(b"weights"), b"weights")
    large = np.full((16, 2049, 3), 90, np.uint8)
    work = work_on(large, "denoise")
    for stage in plugins.installed_stages(tmp_path):
        assert stage.cost(work) == 0
        stage.run(work, lambda share: None)
    assert "2048" in work.report["plugin_denoise"]["why"]
    assert work.picture is large
