"""One plug-in stage, run as the engine runs it."""

from pathlib import Path

import numpy as np
import pytest

from restoration.inference.plugins import installed_stages
from restoration.inference.plugins.stage import PluginStage
from restoration.inference.stages import Work
from tests.pictures import photo

PICTURE = np.asarray(photo(96, 64))


def stage_of(folder: Path, kind: str, allow_noncommercial: bool = False) -> PluginStage:
    """The stage of this kind in a weights folder."""
    (found,) = (stage for stage in installed_stages(folder, allow_noncommercial) if stage.kind == kind)
    return found


def run(stage: PluginStage, work: Work) -> list[float]:
    """Runs a stage that has something to do; the shares that it told."""
    given, before, shares = work.picture, np.array(work.picture), []
    assert stage.cost(work) > 0
    stage.run(work, shares.append)
    assert np.array_equal(given, before), "the caller's picture is never changed in place"
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    return shares


def silently(stage: PluginStage, work: Work) -> Work:
    """Runs a stage that may have nothing to do; the work."""
    stage.run(work, lambda share: None)
    return work
