"""Files from elsewhere: tensors are read, code is never run."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from restoration.inference.plugins.manifest import PluginError
from restoration.inference.plugins.weight_files import as_safetensors, tensors

WEIGHTS = {"conv.weight": torch.arange(18.0).reshape(2, 1, 3, 3), "conv.bias": torch.ones(2)}


class Intruder:
    """Makes a folder when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._place),)


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".ckpt"])
@pytest.mark.parametrize(
    "checkpoint",
    [
        WEIGHTS,
        {"params_ema": WEIGHTS, "params": {"conv.bias": torch.zeros(2)}},
        {"epoch": 7, "state_dict": WEIGHTS, "optimizer": {"lr": 0.1}},
    ],
    ids=["bare", "ema", "training"],
)
def test_a_pickle_is_converted_when_it_is_allowed(tmp_path: Path, checkpoint: Any, suffix: str) -> None:
    path = tmp_path / f"net{suffix}"
    torch.save(checkpoint, path)
    with pytest.raises(PluginError, match="--allow-pickle"):
        as_safetensors(path, allow_pickle=False)
    found = tensors(as_safetensors(path, allow_pickle=True))
    assert set(found) == set(WEIGHTS)
    assert all(torch.equal(found[name], value) for name, value in WEIGHTS.items())


@pytest.mark.parametrize("modern", [True, False], ids=["zip", "plain"])
def test_code_in_a_pickle_is_not_run(tmp_path: Path, modern: bool) -> None:
    path, trap = tmp_path / "net.pth", tmp_path / "trap"
    if modern:
        torch.save({"params": WEIGHTS, "note": Intruder(trap)}, path)
    else:
        path.write_bytes(pickle.dumps(Intruder(trap)))
    with pytest.raises(PluginError, match="more than tensors"):
        as_safetensors(path, allow_pickle=True)
    assert not trap.exists()
    torch.load(path, weights_only=False) if modern else pickle.loads(path.read_bytes())
    assert trap.exists(), "the trap itself works"


def test_shared_tensors_are_converted(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save({"one": WEIGHTS["conv.bias"], "other": WEIGHTS["conv.bias"]}, path)
    assert set(tensors(as_safetensors(path, allow_pickle=True))) == {"one", "other"}


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\x80\x04."])
@pytest.mark.parametrize("name", ["net.safetensors", "net.pth"])
def test_damaged_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PluginError):
        as_safetensors(path, allow_pickle=True)


def test_other_kinds_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="neither"):
        as_safetensors(tmp_path / "net.onnx", allow_pickle=True)
    with pytest.raises(PluginError, match="cannot be read"):
        as_safetensors(tmp_path / "net.safetensors", allow_pickle=True)


def test_a_pickle_without_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save({"epoch": 3}, path)
    with pytest.raises(PluginError, match="no weights by name"):
        as_safetensors(path, allow_pickle=True)


def test_torchscript_is_code_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "big-lama.pt"
    torch.jit.save(torch.jit.trace(torch.nn.Conv2d(1, 2, 3), torch.zeros(1, 1, 4, 4)), path)
    with pytest.raises(PluginError, match="more than tensors"):
        as_safetensors(path, allow_pickle=True)
