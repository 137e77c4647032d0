"""The plug-in folder: whole files, one plug-in a stage, nothing loaded that was altered."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from restoration.inference.plugins import registry
from restoration.inference.plugins.manifest import Manifest, PluginError
from tests.restoration.inference.plugins.test_manifest import GOOD


def described(content: bytes, name: str = "clean-1", stage: str = "denoise") -> Manifest:
    digest = hashlib.sha256(content).hexdigest()
    return replace(GOOD, name=name, stage=stage, file=f"{name}-{digest[:12]}.safetensors", sha256=digest)


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / registry.FOLDER).iterdir()}


def test_a_folder_without_plugins_has_none(tmp_path: Path) -> None:
    assert registry.installed(tmp_path) == []


def test_what_was_stored_is_found_verified_and_read(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    assert registry.installed(tmp_path) == [manifest]
    registry.verify(tmp_path, manifest)
    assert registry.read(tmp_path, manifest) == b"weights"
    assert files(tmp_path) == {manifest.file, "clean-1.json"}


def test_plugins_come_in_the_order_of_their_stages(tmp_path: Path) -> None:
    for stage in ("upscale", "inpaint", "face"):
        registry.store(tmp_path, described(b"w", name=f"a-{stage}", stage=stage), b"w")
    assert [manifest.stage for manifest in registry.installed(tmp_path)] == ["inpaint", "face", "upscale"]


def test_altered_weights_are_neither_verified_nor_read(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    (tmp_path / registry.FOLDER / manifest.file).write_bytes(b"Weights")
    for action in (registry.verify, registry.read):
        with pytest.raises(PluginError, match="sha256"):
            action(tmp_path, manifest)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    (tmp_path / registry.FOLDER / manifest.file).unlink()
    for action in (registry.verify, registry.read):
        with pytest.raises(PluginError, match="cannot be read"):
            action(tmp_path, manifest)


@pytest.mark.parametrize("name", ["clean-1", "clean-2"])
def test_a_taken_stage_is_kept_unless_replaced(tmp_path: Path, name: str) -> None:
    old, new = described(b"old"), described(b"new", name=name)
    registry.store(tmp_path, old, b"old")
    with pytest.raises(PluginError, match="--replace"):
        registry.store(tmp_path, new, b"new")
    assert registry.installed(tmp_path) == [old]
    registry.store(tmp_path, new, b"new", replace=True)
    assert registry.installed(tmp_path) == [new]
    assert registry.read(tmp_path, new) == b"new"
    assert files(tmp_path) == {new.file, f"{name}.json"}


def test_a_name_that_another_stage_has_is_taken_too(tmp_path: Path) -> None:
    registry.store(tmp_path, described(b"old"), b"old")
    with pytest.raises(PluginError, match="denoise"):
        registry.store(tmp_path, described(b"new", stage="face"), b"new")


def test_the_same_weights_can_be_added_again(tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path, manifest, b"weights")
    registry.store(tmp_path, replace(manifest, licence="MIT"), b"weights", replace=True)
    assert registry.installed(tmp_path)[0].licence == "MIT"
    assert registry.read(tmp_path, manifest) == b"weights"


def test_two_plugins_for_a_stage_are_an_error(tmp_path: Path) -> None:
    registry.store(tmp_path, described(b"one"), b"one")
    elsewhere = tmp_path / "elsewhere"
    registry.store(elsewhere, described(b"two", name="clean-2"), b"two")
    manifest = elsewhere / registry.FOLDER / "clean-2.json"
    manifest.rename(tmp_path / registry.FOLDER / "clean-2.json")
    with pytest.raises(PluginError, match="clean-1 and clean-2"):
        registry.installed(tmp_path)
