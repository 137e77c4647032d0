"""Sweeps over many rows: one that fails must keep none of the others waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def alone(failed: str, **about: str | int) -> Iterator[None]:
    """The work on one row: what it raises is logged as the event `failed`, and the sweep goes on."""
    try:
        yield
    except Exception:
        log.exception(failed, **about)
