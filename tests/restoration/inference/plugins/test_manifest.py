"""The description of a plug-in: read strictly, for it decides what is loaded and sold."""

import json
from pathlib import Path
from typing import Any

import pytest

from restoration.inference.plugins.manifest import Limits, Manifest, PluginError

GOOD = Manifest(
    name="clean-1",
    stage="denoise",
    architecture="SCUNet",
    file="clean-1-0123456789ab.safetensors",
    sha256="0" * 64,
    licence="Apache-2.0",
    commercial_ok=True,
    limits=Limits(scale=1, tile=256, max_side=2048),
    dtypes=("float32", "bfloat16"),
    seconds_per_megapixel=2.5,
    source="https://example.org/clean",
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "clean-1.json"
    path.write_text(json.dumps(GOOD.as_dict()))
    assert Manifest.read(path) == GOOD


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("file", "../../etc/passwd", "plain name"),
        ("file", "/tmp/w.safetensors", "plain name"),
        ("file", "weights.pth", "plain name"),
        ("name", "Clean 1", "small letters"),
        ("stage", "sharpen", "must be one of"),
        ("sha256", "abc", "64 hexadecimal"),
        ("licence", " ", "must be named"),
        ("commercial_ok", "yes", "true or false"),
        ("dtypes", ["float16"], "float32, bfloat16"),
        ("dtypes", [], "float32, bfloat16"),
        ("limits", {"scale": 0, "tile": 256, "max_side": 2048}, "scale"),
        ("limits", {"scale": 1, "tile": 8, "max_side": 2048}, "tile"),
        ("limits", {"scale": 1}, "missing"),
        ("version", 2, "version"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, field: str, value: Any, said: str) -> None:
    path = tmp_path / "clean-1.json"
    path.write_text(json.dumps(GOOD.as_dict() | {field: value}))
    with pytest.raises(PluginError, match=said) as caught:
        Manifest.read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 1, "colour": 2}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clean-1.json"
    path.write_text(text)
    with pytest.raises(PluginError, match=r"clean-1\.json"):
        Manifest.read(path)
