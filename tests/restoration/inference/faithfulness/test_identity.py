"""Whose face it is: measured where dlib's weights are installed, never with other files."""

import importlib.util
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from restoration.inference.faithfulness import faces, identity
from tests.restoration.inference.ageing import with_grain

pytest.importorskip("dlib", reason="the extra `faces` is not installed")
with_weights = pytest.mark.skipif(
    importlib.util.find_spec(identity.PACKAGE) is None, reason="the extra `identity` is not installed"
)


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    identity.judge.cache_clear()
    yield
    identity.judge.cache_clear()


def installed_at(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    find_spec = importlib.util.find_spec

    def elsewhere(name: str, *rest: Any) -> Any:
        if name != identity.PACKAGE:
            return find_spec(name, *rest)
        if folder is None:
            return None
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec

    monkeypatch.setattr(importlib.util, "find_spec", elsewhere)


@with_weights
def test_the_same_person_is_near_and_a_ruined_face_is_not(astronaut: np.ndarray) -> None:
    judge = identity.judge()
    assert judge is not None
    (box,) = faces.find(astronaut)
    ruined = np.asarray(Image.fromarray(astronaut).filter(ImageFilter.GaussianBlur(6)))
    distances = [
        judge.distance(astronaut, after, box) for after in (astronaut, with_grain(astronaut, 8), ruined)
    ]
    assert distances[0] == 0
    assert distances[1] < 0.3
    assert distances[2] > 0.5
    assert identity.note(judge).startswith("measured")


def test_without_weights_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed_at(monkeypatch, None)
    assert identity.judge() is None
    assert identity.note(None) == "identity not measured: no weights installed"


def test_other_files_are_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name, _ in (identity.LANDMARKS, identity.RECOGNITION):
        (tmp_path / "models" / name).write_bytes(b"another network")
    installed_at(monkeypatch, tmp_path)
    with pytest.raises(ValueError, match="not the file that dlib published"):
        identity.judge()
