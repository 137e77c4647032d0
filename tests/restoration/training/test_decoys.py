"""White and whole things are painted into the target, so the network is taught to keep them."""

import numpy as np
import pytest

from restoration.training import decoys

PAINTERS = [decoys.with_whites, decoys.with_glints, decoys.with_border]
THIN = [decoys.with_wires, decoys.with_beads, decoys.with_rims, decoys.with_poles, decoys.with_crumbs]


@pytest.mark.parametrize("painter", PAINTERS, ids=lambda painter: painter.__name__)
def test_a_decoy_is_bright_and_covers_a_part(painter: object) -> None:
    dark = np.full((96, 128, 3), 0.2, np.float32)
    shares = []
    for seed in range(10):
        painted = painter(np.random.default_rng(seed), dark)  # type: ignore[operator]
        assert painted.shape == dark.shape
        assert painted.max() <= 1.0 + 1e-5
        shares.append(float((painted.mean(axis=2) > 0.55).mean()))
    assert max(shares) > 0.001
    assert min(shares) < 0.5


@pytest.mark.parametrize("painter", THIN, ids=lambda painter: painter.__name__)
def test_a_thin_decoy_shows_and_covers_little(painter: object) -> None:
    grey = np.full((96, 128, 3), 0.5, np.float32)
    shares = []
    for seed in range(10):
        painted = painter(np.random.default_rng(seed), grey)  # type: ignore[operator]
        assert 0 <= painted.min() <= painted.max() <= 1 + 1e-5
        shares.append(float((np.abs(painted - grey) > 0.05).mean()))
    assert max(shares) > 0.002
    assert max(shares) < 0.5
