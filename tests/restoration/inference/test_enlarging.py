"""Enlarging: size, detail, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from restoration.inference import enlarging
from restoration.inference.engine import Engine
from restoration.inference.options import Options, OptionsError
from tests.restoration.inference.ageing import psnr

ALONE = {"scratches": "off", "color": "off", "denoise": "off", "enhance": "off"}


def half(picture: np.ndarray) -> np.ndarray:
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def lanczos(picture: np.ndarray) -> np.ndarray:
    size = (picture.shape[1] * 2, picture.shape[0] * 2)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def test_a_small_photo_is_redrawn_with_sharper_edges(engine: Engine, small: np.ndarray) -> None:
    result = engine.restore(half(small), Options(upscale=2, **ALONE))
    assert result.image.shape == small.shape
    assert result.report["stages"]["enlarging"] == {"done": True, "factor": 2, "redrawn": True}
    sharpness = [
        float(np.abs(np.diff(p.astype(int), axis=1)).mean()) for p in (result.image, lanczos(half(small)))
    ]
    assert sharpness[0] > 1.05 * sharpness[1]
    assert psnr(result.image, small) > psnr(lanczos(half(small)), small) - 2


def test_enlarging_keeps_the_broad_tones(engine: Engine, small: np.ndarray) -> None:
    result = engine.restore(small, Options(upscale=2, **ALONE))
    again = np.asarray(
        Image.fromarray(result.image).resize((small.shape[1], small.shape[0]), Image.Resampling.BOX)
    )
    assert psnr(again, small) > 32


def test_a_larger_photo_is_enlarged_as_it_is(
    engine: Engine, small: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = next(stage for stage in engine._free if stage.name == "enlarging")
    monkeypatch.setattr(stage, "_pixels", 300)
    result = engine.restore(small, Options(upscale=4, **ALONE))
    assert result.image.shape == (small.shape[0] * 4, small.shape[1] * 4, 3)
    done = result.report["stages"]["enlarging"]
    assert not done["redrawn"]
    assert done["left_out"]


def test_too_large_a_result_is_refused_before_anything_is_done(
    engine: Engine, small: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enlarging, "MAX_PIXELS", 4 * small.shape[0] * small.shape[1])
    seen: list[str] = []
    with pytest.raises(OptionsError, match="Enlarged 4 times, 96 x 64 pixels"):
        engine.restore(small, Options(upscale=4), progress=lambda stage, _: seen.append(stage))
    assert seen == []
