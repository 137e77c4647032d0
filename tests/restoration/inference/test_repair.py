"""The repair stage: damage that was planted is found and mended, what is whole is left alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from restoration.inference import analysis, repair
from restoration.inference.options import Options
from restoration.inference.repair import Repairing
from restoration.inference.repair_network import RepairNetwork
from restoration.inference.repair_weights import load_repair_network
from restoration.inference.stages import Work
from restoration.inference.strength import ladder
from tests.restoration.inference.ageing import psnr, with_grain


@pytest.fixture(scope="module")
def network() -> RepairNetwork:
    return load_repair_network()


@pytest.fixture(scope="module")
def scratched(healthy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The healthy photo with grain and three white scratches, and where they are."""
    mask = np.zeros(healthy.shape[:2], np.bool_)
    mask[20:170, 60:62] = mask[90:93, 30:220] = mask[10:120, 200:202] = True
    aged = with_grain(healthy, 5)
    aged[mask] = 245
    return aged, mask


def work_on(
    picture: np.ndarray, network: RepairNetwork, options: Options, mask: np.ndarray | None = None
) -> Work:
    with torch.inference_mode():
        found = analysis.analyse(picture, options, network.colour_head)
        work = Work(picture, options, found, ladder(options.mode)[0], mask)
        Repairing(network, torch.bfloat16).run(work, lambda _: None)
    return work


def test_a_planted_scratch_is_found_and_mended(
    healthy: np.ndarray, scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    aged, mask = scratched
    work = work_on(aged, network, Options(denoise="off"))
    assert work.weight is not None
    assert (work.weight[mask] > 127).mean() > 0.8
    result = np.asarray(work.picture)
    assert psnr(result[mask], healthy[mask]) > psnr(aged[mask], healthy[mask]) + 6
    assert work.report["repair"]["done"]


def test_what_is_far_from_the_damage_is_left_alone(
    scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    aged, _ = scratched
    work = work_on(aged, network, Options(denoise="off"))
    untouched = work.weight == 0
    assert untouched.mean() > 0.6  # type: ignore[union-attr]
    assert np.array_equal(np.asarray(work.picture)[untouched], aged[untouched])


def test_on_a_photo_without_age_only_the_surest_is_mended_unless_asked_for(
    healthy: np.ndarray, network: RepairNetwork
) -> None:
    aged = healthy.copy()
    aged[40:120, 100:102] = np.clip(aged[40:120, 100:102].astype(int) + 60, 0, 255)
    weights = {
        choice: work_on(aged, network, Options(scratches=choice, denoise="off")).weight
        for choice in ("auto", "on")
    }
    wary, asked = (int(weight.sum(dtype=np.int64)) for weight in weights.values() if weight is not None)
    assert wary < asked


def test_switched_off_nothing_is_done(
    scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    work = work_on(scratched[0], network, Options(scratches="off", denoise="off"))
    assert work.picture is scratched[0]
    assert work.report["repair"] == {"done": False, "why": "switched off"}


def test_bare_paper_does_not_hide_that_the_photo_faded(whole: np.ndarray, network: RepairNetwork) -> None:
    print_ = np.clip(60 + 0.45 * whole, 0, 255).astype(np.uint8)
    assert work_on(print_, network, Options()).analysis.findings.fading > 0.5
    lost = np.zeros(print_.shape[:2], np.uint8)
    lost[40:80, 60:100] = 255
    torn = print_.copy()
    torn[lost > 0] = 255
    torn[50:60, 65:90] = 0
    with torch.inference_mode():
        assert analysis.analyse(torn, Options(), network.colour_head).findings.fading < 0.1
    assert work_on(torn, network, Options(), lost).analysis.findings.fading > 0.5


def test_a_mask_takes_the_place_of_the_finding(
    healthy: np.ndarray, scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    aged, damaged = scratched
    only_one = np.zeros(damaged.shape, np.uint8)
    only_one[90:93, 30:220] = 255
    work = work_on(aged, network, Options(scratches="off", denoise="off"), only_one)
    result = np.asarray(work.picture)
    inside, elsewhere = only_one > 0, np.zeros(damaged.shape, np.bool_)
    elsewhere[100:170, 60:62] = True
    assert psnr(result[inside], healthy[inside]) > psnr(aged[inside], healthy[inside]) + 6
    assert np.array_equal(result[elsewhere], aged[elsewhere])
    assert work.report["repair"]["why"] == "mask given"


def test_a_gentler_run_uses_what_the_network_found_before(
    scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    work = work_on(scratched[0], network, Options())
    before, first = work.mended, np.asarray(work.picture)
    work.strength = ladder("gentle")[-1]
    Repairing(network, torch.bfloat16).run(work, lambda _: pytest.fail("the network ran again"))
    assert work.mended is before
    least = np.asarray(work.picture).astype(int)
    assert np.abs(least - scratched[0]).sum() < np.abs(first.astype(int) - scratched[0]).sum()


def test_a_large_picture_is_mended_at_a_smaller_size(
    healthy: np.ndarray,
    scratched: tuple[np.ndarray, np.ndarray],
    network: RepairNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repair, "PIXELS", healthy.shape[0] * healthy.shape[1])
    aged, mask = (np.kron(part, np.ones((2, 2, 1)[: part.ndim], part.dtype)) for part in scratched)
    truth = np.kron(healthy, np.ones((2, 2, 1), np.uint8))
    work = work_on(aged, network, Options())
    assert work.mended is not None
    assert work.mended.picture.shape == healthy.shape
    result = np.asarray(work.picture)
    assert psnr(result[mask], truth[mask]) > psnr(aged[mask], truth[mask]) + 6


def test_no_seam_shows_between_tiles(
    scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step across the middle of an overlap differs from the untiled picture's by less than a level."""
    stage = Repairing(network, torch.float32)
    work = work_on(scratched[0], network, Options())
    work = replace(work, mended=None)
    with torch.inference_mode():
        whole = stage._mend(work, lambda _: None).picture.astype(int)
        monkeypatch.setattr(repair, "WHOLE_PIXELS", 0)
        monkeypatch.setattr(repair, "TILE", 192)
        tiled = stage._mend(work, lambda _: None).picture.astype(int)
    assert not np.array_equal(whole, tiled)
    middle = 128 + 32
    steps = [np.diff(picture[:, middle - 1 : middle + 1], axis=1) for picture in (whole, tiled)]
    assert abs(float((steps[0] - steps[1]).mean())) < 1
    assert float(np.abs(steps[0] - steps[1]).mean()) < 1


def test_cancelled_before_the_next_tile(
    scratched: tuple[np.ndarray, np.ndarray], network: RepairNetwork
) -> None:
    class Stop(Exception):
        pass

    def stop(_: float) -> None:
        raise Stop

    work = Work(
        scratched[0],
        Options(),
        analysis.analyse(scratched[0], Options(), network.colour_head),
        ladder("standard")[0],
    )
    with pytest.raises(Stop):
        Repairing(network, torch.float32).run(work, stop)
