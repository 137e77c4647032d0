"""The converted network computes what ncnn computes from the original files."""

from importlib import metadata
from pathlib import Path

import ncnn
import numpy as np
import pytest
import torch

from restoration.inference import network, precision, weights

# ncnn computes in another order and, here, with float16 storage off; what remains is float32 rounding over
# 351 layers. After rounding to bytes single values land on the other side of a half.
MEAN_TOLERANCE = 0.02
MAX_TOLERANCE = 1
SHARE_THAT_DIFFERS = 1e-3


def by_ncnn(picture: np.ndarray) -> np.ndarray:
    """h x w x 3 in 0..1 to 4h x 4w x 3, through the original files."""
    package = metadata.distribution(weights.SOURCE_PACKAGE)
    param, binary = (
        str(package.locate_file(f"{weights.SOURCE_FOLDER}/{name}")) for name in weights.SOURCE_SHA256
    )
    net = ncnn.Net()
    for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(net.opt, name, False)
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = 2
    net.load_param(param)
    net.load_model(binary)
    extractor = net.create_extractor()
    # ncnn.Mat does not copy: the array has to live as long as the extractor.
    planes = np.ascontiguousarray(picture.transpose(2, 0, 1))
    extractor.input("data", ncnn.Mat(planes))
    _, output = extractor.extract("output")
    return np.array(output).transpose(1, 2, 0)


def to_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.int16)


@pytest.fixture(scope="module")
def patch(healthy: np.ndarray) -> np.ndarray:
    return healthy[60:108, 60:124].astype(np.float32) / 255


def run(patch: np.ndarray, folder: Path, dtype: torch.dtype) -> np.ndarray:
    model = network.load(folder / weights.FILE_NAME, dtype)
    with torch.inference_mode():
        output = model(torch.from_numpy(patch).permute(2, 0, 1)[None])
    return output[0].permute(1, 2, 0).numpy()


@pytest.mark.slow
def test_same_picture_as_ncnn(patch: np.ndarray, weights_folder: Path) -> None:
    ours, theirs = run(patch, weights_folder, torch.float32), by_ncnn(patch)
    assert ours.shape == theirs.shape == (192, 256, 3)
    difference = np.abs(to_bytes(ours) - to_bytes(theirs))
    assert difference.mean() < MEAN_TOLERANCE
    assert difference.max() <= MAX_TOLERANCE
    assert (difference > 0).mean() < SHARE_THAT_DIFFERS
    # Far from the input enlarged: agreement is not agreement about nothing.
    enlarged = np.kron(patch, np.ones((4, 4, 1)))
    assert np.abs(to_bytes(enlarged) - to_bytes(theirs)).mean() > 2


@pytest.mark.slow
def test_bfloat16_stays_within_a_level_on_average(patch: np.ndarray, weights_folder: Path) -> None:
    exact, fast = (run(patch, weights_folder, dtype) for dtype in (torch.float32, torch.bfloat16))
    assert np.abs(to_bytes(exact) - to_bytes(fast)).mean() < 1


def test_number_format_follows_the_cpu() -> None:
    amd, intel = "AuthenticAMD", "GenuineIntel"
    for vendor, flags, best in (
        (amd, {"avx512_bf16"}, torch.bfloat16),
        (intel, {"avx512_bf16", "amx_bf16"}, torch.bfloat16),
        (intel, {"avx512_bf16"}, torch.float32),
        (amd, {"avx512f", "avx512_fp16"}, torch.float32),
        ("", set(), torch.float32),
    ):
        assert precision.compute_dtype(precision.Cpu(vendor, frozenset({"avx2", *flags}))) is best


def test_enlarging_in_strips_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    model = network.RRDBNet().requires_grad_(False)
    features = torch.randn(1, network.FEATURES, 21, 9)
    whole = model._enlarge(features)
    monkeypatch.setattr(network, "STRIP", 5)
    assert torch.allclose(model._enlarge(features), whole, atol=1e-5)
