"""From a run to weights to a table; weights that saw a test picture are refused."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from restoration.inference import repair_weights
from restoration.inference.repair_network import RepairNetwork
from restoration.training import checkpoint
from restoration.training.ageing import age
from restoration.training.export import export
from restoration.training.photographs import CARD
from tests.weights import shared_weights


@pytest.fixture
def weights(cache: Path, tmp_path: Path) -> Path:
    torch.manual_seed(0)
    network = RepairNetwork()
    optimiser = torch.optim.AdamW(network.parameters())
    checkpoint.save(
        tmp_path, network, optimiser, checkpoint.MovingAverage(network), checkpoint.Progress(5, 60.0)
    )
    export(tmp_path, tmp_path / "weights", "train --minutes 1", 3, cache / CARD.name)
    return tmp_path / "weights"


@pytest.fixture
def benchmark_folder(tmp_path: Path, photograph: np.ndarray) -> Path:
    print_ = age(np.random.default_rng(4), photograph[:96, :128])
    folder = tmp_path / "benchmark" / "light"
    folder.mkdir(parents=True)
    for part, picture in (("aged", print_.aged), ("clean", print_.clean), ("mask", print_.mask)):
        Image.fromarray(picture).save(folder / f"cat_{part}.png")
    return folder.parent


def evaluate(benchmark_folder: Path, weights: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "restoration.training.evaluate", str(benchmark_folder)]
    return subprocess.run(
        [*command, "--weights", str(weights), "--x4plus", str(shared_weights()), *options],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_exported_weights_load_with_their_manifest(weights: Path) -> None:
    manifest = repair_weights.read_manifest(weights)
    assert manifest["training"]["pictures"] == ["chelsea"]
    assert (weights / manifest["file"]).stat().st_size <= 15 * 2**20
    torch.manual_seed(0)
    original = RepairNetwork().state_dict()
    loaded = repair_weights.load_repair_network(weights).state_dict()
    assert all(torch.allclose(loaded[name], value, atol=1e-3) for name, value in original.items())


def test_altered_weights_are_refused(weights: Path) -> None:
    path = weights / repair_weights.read_manifest(weights)["file"]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(repair_weights.RepairWeightsError, match="sha256"):
        repair_weights.load_repair_network(weights)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(repair_weights.RepairWeightsError, match=str(tmp_path)):
        repair_weights.load_repair_network(tmp_path)


@pytest.mark.slow
def test_evaluate_prints_every_method_and_the_clean_pictures(weights: Path, benchmark_folder: Path) -> None:
    answer = evaluate(benchmark_folder, weights, "--json")
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout)
    assert {
        "input",
        "true mask + membrane",
        "x4plus alone",
        "network alone",
        "network, true mask",
        "engine, default options",
        "engine, true mask",
    } <= set(result["light"])
    assert result["light"]["engine, default options"]["cat"]["psnr"] > 5
    assert result["clean"]["cat"]["psnr"] > 5


def test_evaluate_refuses_weights_that_saw_a_test_picture(weights: Path, benchmark_folder: Path) -> None:
    path = weights / repair_weights.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["training"]["pictures"].append("kodim23")
    path.write_text(json.dumps(manifest))
    answer = evaluate(benchmark_folder, weights)
    assert answer.returncode == 2
    assert "kodim23" in answer.stderr
    assert not answer.stdout
