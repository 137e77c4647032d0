"""The view keeps thin damage, and arrays that do not fit together are refused."""

import numpy as np
import pytest

from restoration.inference.faithfulness import Evidence
from restoration.inference.faithfulness.evidence import VIEW_PIXELS, strongest, view
from tests.restoration.inference.faithfulness.conftest import Make


def test_a_small_photo_is_its_own_view(whole: np.ndarray, scratch: np.ndarray, evidence: Make) -> None:
    seen = view(evidence(whole, result=whole // 2, repaired=scratch * np.uint8(255)))
    assert np.array_equal(seen.before, whole)
    assert np.array_equal(seen.after, whole // 2)
    assert np.array_equal(seen.outside, ~scratch)


def test_a_large_photo_is_seen_at_one_megapixel(evidence: Make) -> None:
    photo = np.full((2000, 1500, 3), 90, np.uint8)
    repaired = np.zeros((2000, 1500), np.uint8)
    repaired[1001, :] = 255
    seen = view(evidence(photo, repaired=repaired))
    height, width = seen.before.shape[:2]
    assert 0.99 * VIEW_PIXELS < height * width < 1.01 * VIEW_PIXELS
    assert (~seen.outside).sum() == width


@pytest.mark.parametrize("size", [(7, 9), (20, 3), (20, 30), (1, 1)])
def test_every_pixel_of_a_mask_counts_once(size: tuple[int, int]) -> None:
    for row, column in np.ndindex(20, 30):
        mask = np.zeros((20, 30), np.uint8)
        mask[row, column] = 200
        small = strongest(mask, size)
        assert small.shape == size
        assert (small.max(), np.count_nonzero(small)) == (200, 1)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("result", np.zeros((4, 5, 3), np.uint8)),
        ("repaired", np.zeros((4, 4), np.float32)),
        ("invented", np.zeros((4, 4), np.uint8)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, wrong: np.ndarray) -> None:
    photo, mask = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8)
    fitting = {"original": photo, "corrected": photo, "result": photo, "repaired": mask, "invented": mask > 0}
    Evidence(**fitting)
    with pytest.raises(ValueError, match=name):
        Evidence(**{**fitting, name: wrong})
