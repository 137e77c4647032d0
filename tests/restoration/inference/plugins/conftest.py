"""What the plug-in tests share."""

import sys

import pytest

from restoration.inference.plugins import architectures


@pytest.fixture
def without_spandrel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where the extra was not installed."""
    monkeypatch.setitem(sys.modules, "spandrel", None)
    architectures.spandrel.cache_clear()
