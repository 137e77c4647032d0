from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from restoration.imaging import ImageRefused, decode


@pytest.fixture
def pixels(tmp_path: Path) -> Callable[[bytes], np.ndarray]:
    """Decode in the sandbox; the pixels, copied."""
    return lambda content: np.array(decode(content, workdir=tmp_path).array())


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[bytes], str]:
    """Decode what must be refused; its code, once the refusal is complete and nothing was left behind."""

    def code(content: bytes) -> str:
        with pytest.raises(ImageRefused) as refused:
            decode(content, workdir=tmp_path)
        assert refused.value.detail.endswith(".")
        assert list(tmp_path.iterdir()) == []
        return refused.value.code

    return code
