"""A scratch planted in a photo and mended by the real engine stands in the report and in the change map."""

import numpy as np

from restoration.inference.engine import Engine
from restoration.inference.faithfulness import change_map
from restoration.inference.options import Options


def test_a_planted_scratch_that_the_engine_mends_is_on_the_map(
    engine: Engine, whole: np.ndarray, scratch: np.ndarray
) -> None:
    scratched = whole.copy()
    scratched[scratch] = 250
    restored = engine.restore(scratched, Options(enhance="off"))
    mended = np.abs(restored.image[scratch].astype(int) - 250).mean(axis=1) > 20
    tinted = np.ptp(np.asarray(change_map(restored.evidence)), axis=2) > 0
    measured = restored.report["faithfulness"]
    assert mended.mean() > 0.8
    # The soft rim of a repair may end inside the scratch by a pixel here and there.
    assert tinted[scratch][mended].mean() > 0.99
    assert scratch.mean() * 0.8 < measured["repaired"] < 0.1
    assert measured["breaches"] == []


def test_the_map_shows_as_much_as_the_report_tells(engine: Engine, whole: np.ndarray) -> None:
    restored = engine.restore(whole, Options(enhance="off"))
    tinted = np.ptp(np.asarray(change_map(restored.evidence)), axis=2) > 0
    measured = restored.report["faithfulness"]
    assert measured["repaired"] == round(float(tinted.mean()), 4)
    assert measured["repaired"] < 0.05  # a healthy photo
