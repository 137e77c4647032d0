"""Readiness of restoring: the weights on disk, and a worker with a loaded engine."""

from django.conf import settings

from restoration.inference.weights import verify
from restoration.queueing import live_workers


def weights() -> None:
    """Raises WeightsError when the weights are missing or not the ones this version was proven with."""
    verify(settings.WEIGHTS_DIR)


def worker() -> None:
    """Raises when no worker with a loaded engine was heard of lately."""
    if live_workers() < 1:
        raise RuntimeError("no worker with a loaded engine was heard of in the last 20 seconds")
