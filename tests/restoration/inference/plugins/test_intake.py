"""Adding weights: licence, format and a trial run before anything is written."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from restoration.inference.plugins import registry, weight_files
from restoration.inference.plugins.intake import Request, add
from restoration.inference.plugins.manifest import PluginError
from restoration.inference.weights import sha256_of
from tests.restoration.inference.plugins.networks import (
    esrgan,
    gfpgan,
    lama,
    needs_spandrel,
    restoreformer,
    saved,
    scunet,
)


def request_for(tmp_path: Path, name: str = "tiny.safetensors") -> Request:
    file = saved(esrgan(), tmp_path / name)
    return Request(file, "tiny", "upscale", "BSD-3-Clause", source="https://example.org/tiny")


def untouched(folder: Path) -> bool:
    return not (folder / registry.FOLDER).exists()


@needs_spandrel
def test_safetensors_are_kept_as_they_are(tmp_path: Path) -> None:
    request = request_for(tmp_path)
    manifest = add(tmp_path / "w", request)
    assert registry.installed(tmp_path / "w") == [manifest]
    assert registry.read(tmp_path / "w", manifest) == request.file.read_bytes()
    assert (manifest.architecture, manifest.limits.scale, manifest.licence) == ("ESRGAN", 4, "BSD-3-Clause")
    assert manifest.commercial_ok
    assert "float32" in manifest.dtypes
    assert manifest.seconds_per_megapixel > 0
    assert manifest.source == "https://example.org/tiny"


@needs_spandrel
def test_a_published_pickle_is_converted_once(tmp_path: Path) -> None:
    request = request_for(tmp_path, "RealESRGAN_tiny.pth")
    with pytest.raises(PluginError, match="--allow-pickle"):
        add(tmp_path / "w", request)
    assert untouched(tmp_path / "w")
    manifest = add(tmp_path / "w", replace(request, allow_pickle=True))
    assert manifest.converted_from == sha256_of(request.file)
    found = weight_files.tensors(registry.read(tmp_path / "w", manifest))
    assert all(torch.equal(found[name], value) for name, value in esrgan().items())


@pytest.mark.parametrize("licence", ["CC-BY-NC-4.0", "S-Lab License 1.0", "House licence"])
def test_licences_that_forbid_sales_are_refused(tmp_path: Path, licence: str) -> None:
    request = Request(tmp_path / "net.safetensors", "tiny", "upscale", licence)
    with pytest.raises(PluginError, match="--allow-noncommercial"):
        add(tmp_path / "w", request)
    assert untouched(tmp_path / "w")


@needs_spandrel
def test_a_noncommercial_licence_is_kept_in_the_manifest(tmp_path: Path) -> None:
    request = replace(request_for(tmp_path), licence="CC-BY-NC-4.0", allow_noncommercial=True)
    assert not add(tmp_path / "w", request).commercial_ok


@needs_spandrel
@pytest.mark.parametrize(
    ("stage", "said"),
    [("denoise", "not for denoise"), ("face", "not for face"), ("sharpen", "Unknown stage")],
)
def test_a_network_goes_to_its_own_stage_only(tmp_path: Path, stage: str, said: str) -> None:
    with pytest.raises(PluginError, match=said):
        add(tmp_path / "w", replace(request_for(tmp_path), stage=stage))
    assert untouched(tmp_path / "w")


@needs_spandrel
def test_broken_numbers_fail_the_trial(tmp_path: Path) -> None:
    weights = esrgan()
    weights["model.0.weight"][:] = float("nan")
    file = saved(weights, tmp_path / "broken.safetensors")
    with pytest.raises(PluginError, match="no finite numbers"):
        add(tmp_path / "w", Request(file, "broken", "upscale", "MIT"))
    assert untouched(tmp_path / "w")


@needs_spandrel
def test_weights_of_no_known_network_are_refused(tmp_path: Path) -> None:
    file = saved({"something.weight": torch.ones(3, 3)}, tmp_path / "odd.safetensors")
    with pytest.raises(PluginError, match="no architecture"):
        add(tmp_path / "w", Request(file, "odd", "upscale", "MIT"))


@needs_spandrel
def test_a_known_network_with_a_tensor_missing_is_refused(tmp_path: Path) -> None:
    weights = esrgan()
    del weights["model.1.sub.0.RDB2.conv3.0.weight"]
    file = saved(weights, tmp_path / "torn.safetensors")
    with pytest.raises(PluginError, match="do not fit"):
        add(tmp_path / "w", Request(file, "torn", "upscale", "MIT"))


@needs_spandrel
@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "stage", "architecture"),
    [
        (scunet, "denoise", "SCUNet"),
        (restoreformer, "face", "RestoreFormer"),
        (gfpgan, "face", "GFPGAN"),
        (lama, "inpaint", "LaMa"),
    ],
)
def test_other_official_formats_are_recognised_and_run(
    tmp_path: Path, make: object, stage: str, architecture: str
) -> None:
    file = saved(make(), tmp_path / "net.safetensors")  # type: ignore[operator]
    manifest = add(tmp_path / "w", Request(file, "net", stage, "Apache-2.0"))
    assert manifest.architecture == architecture
    assert "float32" in manifest.dtypes


@pytest.mark.usefixtures("without_spandrel")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    file = saved({"model.0.weight": torch.ones(1)}, tmp_path / "net.safetensors")
    with pytest.raises(PluginError, match=r"heirloom\[plugins\]"):
        add(tmp_path / "w", Request(file, "tiny", "upscale", "MIT"))
    assert untouched(tmp_path / "w")
