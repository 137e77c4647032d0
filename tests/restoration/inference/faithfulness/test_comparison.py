"""Before and after in one picture."""

import numpy as np
import pytest

from restoration.inference.faithfulness import comparison
from restoration.inference.faithfulness.comparison import GUTTER
from tests.restoration.inference.faithfulness.conftest import Make


def test_before_is_left_and_after_is_right(whole: np.ndarray, evidence: Make) -> None:
    darker = whole // 2
    shown = np.asarray(comparison(evidence(whole, result=darker)))
    assert shown.shape == (192, 2 * 288 + GUTTER, 3)
    assert np.array_equal(shown[:, :288], whole)
    assert np.array_equal(shown[:, 288 + GUTTER :], darker)
    assert np.unique(shown[:, 288 : 288 + GUTTER]).size == 1


@pytest.mark.parametrize("shape", [(900, 2500), (2500, 300), (1999, 999), (16, 2400)])
def test_no_side_is_longer_than_the_limit(shape: tuple[int, int], evidence: Make) -> None:
    width, height = comparison(evidence(np.zeros((*shape, 3), np.uint8))).size
    assert max(width, height) <= 2000
    assert abs((width - GUTTER) / 2 / height / (shape[1] / shape[0]) - 1) < 0.2
