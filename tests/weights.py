"""The engine's real weights, converted once a machine and shared by all test processes."""

import os
import tempfile
from functools import cache
from pathlib import Path

from restoration.inference import weights

REPOSITORY = Path(__file__).resolve().parents[1]


@cache
def shared_weights() -> Path:
    """A folder with verified weights: the repository's own, or one in the temporary directory."""
    own = REPOSITORY / "var" / "weights"
    try:
        weights.verify(own)
        return own
    except weights.WeightsError:
        pass
    # Named by the hash: another version's file never gets in the way. Its content is verified in any case.
    folder = Path(tempfile.gettempdir()) / f"heirloom-weights-{os.getuid()}-{weights.SHA256[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    weights.ensure(folder)
    return folder
