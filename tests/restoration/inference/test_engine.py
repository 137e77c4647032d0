"""The engine as its caller sees it."""

import json
from pathlib import Path

import numpy as np
import pytest

from restoration.inference.engine import Cancelled, Engine
from restoration.inference.faithfulness import limits
from restoration.inference.options import Options
from tests.restoration.inference.ageing import faded, grey, psnr, with_grain

ON = Options(enhance="on")


def test_same_bytes_for_the_same_input(engine: Engine, small: np.ndarray) -> None:
    aged = with_grain(faded(small), 10)
    first, second = engine.restore(aged, ON), engine.restore(aged, ON)
    assert np.array_equal(first.image, second.image)
    assert first.report == second.report


def test_an_aged_photo_comes_closer_to_the_truth(engine: Engine, whole: np.ndarray) -> None:
    truth = whole[::2, ::2]
    aged = with_grain(faded(truth), 10)
    result = engine.restore(aged, Options())
    assert result.image.shape == truth.shape
    assert result.report["stages"]["cleaning"]["why"] == "grain was measured"
    assert psnr(result.image, truth) > psnr(aged, truth) + 3


def test_cleaning_alone_comes_closer_to_the_truth(engine: Engine, small: np.ndarray) -> None:
    grainy = with_grain(small, 14)
    result = engine.restore(grainy, Options(color="off"))
    assert psnr(result.image, small) > psnr(grainy, small) + 2


def test_a_healthy_photo_comes_out_nearly_untouched(engine: Engine, healthy: np.ndarray) -> None:
    result = engine.restore(healthy, Options())
    assert not result.report["stages"]["cleaning"]["done"]
    assert psnr(result.image, healthy) >= 38


def test_cleaning_a_healthy_photo_by_force_changes_next_to_nothing(engine: Engine, small: np.ndarray) -> None:
    assert psnr(engine.restore(small, ON).image, small) >= 38


def test_monochrome_stays_neutral_through_the_network(engine: Engine, small: np.ndarray) -> None:
    result = engine.restore(with_grain(grey(small), 10), Options(color="off", enhance="on"))
    assert np.ptp(result.image, axis=2).max() == 0


def test_progress_never_falls_and_ends_at_one(engine: Engine, small: np.ndarray) -> None:
    seen: list[tuple[str, float]] = []
    engine.restore(small, ON, progress=lambda stage, share: seen.append((stage, share)))
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert [name for name, _ in seen if name == "cleaning"]
    assert len(shares) > 20


def test_cancelled_in_the_middle(engine: Engine, small: np.ndarray) -> None:
    seen: list[float] = []
    with pytest.raises(Cancelled):
        engine.restore(
            small, ON, progress=lambda _, share: seen.append(share), cancelled=lambda: len(seen) >= 3
        )
    assert len(seen) == 3
    with pytest.raises(Cancelled):
        engine.restore(small, ON, cancelled=lambda: True)


@pytest.mark.parametrize("shape", [(16, 16), (16, 1500), (1500, 16), (17, 33)])
def test_small_and_narrow_pictures(engine: Engine, shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(3).integers(60, 200, (*shape, 3), np.uint8)
    assert engine.restore(picture, ON).image.shape == (*shape, 3)


def test_a_memory_mapped_picture_is_read_and_not_changed(
    engine: Engine, small: np.ndarray, tmp_path: Path
) -> None:
    aged = with_grain(faded(small), 10)
    aged.tofile(tmp_path / "picture")
    mapped = np.memmap(tmp_path / "picture", np.uint8, "r", shape=aged.shape)
    result = engine.restore(mapped, ON)
    assert np.array_equal(result.image, engine.restore(aged, ON).image)
    assert np.array_equal(mapped, aged)


def test_a_large_picture_is_cleaned_by_its_residual(weights_folder: Path, healthy: np.ndarray) -> None:
    """The network's input is capped far below half the size, as it is for a photo of many megapixels."""
    capped = Engine.load(weights_folder, network_pixels=1024)
    grainy = with_grain(healthy, 14)
    result = capped.restore(grainy, Options(color="off"))
    cleaning = result.report["stages"]["cleaning"]
    assert cleaning["mode"] == "residual"
    assert cleaning["left_out"]
    assert np.prod(cleaning["network_input"]) <= 1100
    assert psnr(result.image, healthy) > psnr(grainy, healthy) + 2


def test_the_report_is_json_and_names_engine_and_weights(engine: Engine, small: np.ndarray) -> None:
    report = json.loads(json.dumps(engine.restore(small, Options(enhance="off")).report))
    assert report["weights_sha256"] == engine.weights_sha256
    assert report["options"] == Options(enhance="off").as_dict()
    assert report["faithfulness"]["breaches"] == []
    assert report["size"] == [96, 64]
    assert report["stages"]["cleaning"] == {"done": False, "why": "switched off"}


def test_a_planted_scratch_stands_in_the_change_map(engine: Engine, healthy: np.ndarray) -> None:
    aged = with_grain(healthy, 5)
    aged[90:93, 30:220] = 245
    result = engine.restore(aged, Options(enhance="off"))
    assert (result.evidence.repaired[90:93, 30:220] > 127).mean() > 0.8
    assert result.report["faithfulness"]["repaired"] > 0.01
    assert (result.damage[90:93, 30:220] == 255).mean() > 0.8
    given = engine.restore(aged, Options(enhance="off"), mask=result.damage)
    assert np.array_equal(given.damage, result.damage)


def test_breached_limits_make_the_engine_gentler_and_are_told(
    engine: Engine, healthy: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged = with_grain(healthy, 8)
    plain = engine.restore(aged, Options(color="off", enhance="off"))
    monkeypatch.setattr(limits, "STRUCTURE", 1.1)
    result = engine.restore(aged, Options(color="off", enhance="off"))
    assert result.report["mode"] == "least"
    assert [step["mode"] for step in result.report["fallbacks"]] == ["standard", "gentle", "least"]
    assert result.report["fallbacks"][0]["breaches"][0]["measure"] == "structure"
    changed = [np.abs(picture.astype(int) - aged).sum() for picture in (result.image, plain.image)]
    assert changed[0] < changed[1]


@pytest.mark.parametrize(
    "mask", [np.zeros((8, 8), np.uint8), np.zeros((64, 96), np.bool_), np.zeros((64, 96, 3), np.uint8)]
)
def test_a_mask_of_another_kind_is_refused(engine: Engine, small: np.ndarray, mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"mask must be \(64, 96\) uint8"):
        engine.restore(small, Options(), mask=mask)


@pytest.mark.parametrize(
    "picture", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.float32), np.zeros((0, 8, 3), np.uint8)]
)
def test_another_kind_of_array_is_refused(engine: Engine, picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="h x w x 3 uint8"):
        engine.restore(picture, Options())
