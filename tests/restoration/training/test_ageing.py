"""An aged print, its mask and its target belong together."""

import numpy as np
import pytest

from restoration.training.ageing import age, age_tones


def aged_many(photograph: np.ndarray, count: int = 40) -> list:
    return [age(np.random.default_rng(seed), photograph) for seed in range(count)]


def test_the_same_seed_gives_the_same_print(photograph: np.ndarray) -> None:
    first, second = (age(np.random.default_rng(3), photograph) for _ in range(2))
    assert np.array_equal(first.aged, second.aged)
    assert np.array_equal(first.mask, second.mask)


def test_shapes_and_types_are_those_of_the_photograph(photograph: np.ndarray) -> None:
    for print_ in aged_many(photograph, 8):
        assert print_.aged.shape == print_.clean.shape == photograph.shape
        assert print_.aged.dtype == print_.clean.dtype == np.uint8
        assert set(np.unique(print_.mask)) <= {0, 255}


def test_monochrome_prints_have_a_neutral_target(photograph: np.ndarray) -> None:
    monochrome = [print_ for print_ in aged_many(photograph) if print_.monochrome]
    assert monochrome
    for print_ in monochrome:
        spread = print_.clean.max(axis=2).astype(int) - print_.clean.min(axis=2)
        assert spread.max() == 0


def test_some_prints_stay_as_they_are_and_have_no_mask(photograph: np.ndarray) -> None:
    prints = [age(np.random.default_rng(seed), photograph) for seed in range(120)]
    kept = [print_ for print_ in prints if np.array_equal(print_.aged, print_.clean)]
    assert 2 <= len(kept) <= 20
    assert not any(print_.mask.any() for print_ in kept)


def test_light_and_heavy_damage_are_mixed(photograph: np.ndarray) -> None:
    shares = np.array([float((print_.mask > 0).mean()) for print_ in aged_many(photograph, 60)])
    assert (shares == 0).any()
    assert ((shares > 0) & (shares < 0.03)).any()
    assert (shares > 0.1).any()
    assert shares.max() < 0.9


def test_masked_pixels_differ_from_the_target_more_than_others(photograph: np.ndarray) -> None:
    inside, outside = [], []
    for print_ in aged_many(photograph):
        mask = print_.mask > 0
        if mask.sum() > 50:
            error = np.abs(print_.aged.astype(int) - print_.clean).mean(axis=2)
            inside.append(error[mask].mean())
            outside.append(error[~mask].mean())
    assert np.mean(inside) > 1.5 * np.mean(outside)


@pytest.mark.parametrize("seed", range(6))
def test_a_lesson_in_colour_has_no_damage(photograph: np.ndarray, seed: int) -> None:
    assert not age_tones(np.random.default_rng(seed), photograph).mask.any()
