"""Keeping a claim alive while the engine works: a thread that renews the lease and carries progress."""

import threading

import structlog
from django.conf import settings
from django.db import connection

from restoration import lifecycle

log = structlog.get_logger(__name__)


class Heartbeat:
    """Use as a context manager around the work. `lost()` turns True when the claim no longer stands."""

    def __init__(self, claim: lifecycle.Claim) -> None:
        self._claim = claim
        self._done = threading.Event()
        self._lost = threading.Event()
        self._stage = "starting"
        self._progress = 0.0
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def note(self, stage: str, progress: float) -> None:
        """Remember how far the work is; written with the next beat. progress: 0 to 1."""
        self._stage, self._progress = stage, progress

    def lost(self) -> bool:
        """Whether to stop: canceled, timed out, or taken over by another worker."""
        return self._lost.is_set()

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        # Its own connection: the main thread may be inside a long engine call or a transaction.
        try:
            while not self._done.wait(settings.RESTORATION_HEARTBEAT_S):
                try:
                    if not lifecycle.renew(self._claim, stage=self._stage, progress=self._progress):
                        self._lost.set()
                        return
                except Exception as exc:
                    # The lease outlives some missed beats; the database may be back for the next.
                    log.warning("heartbeat_failed", job_id=self._claim.job.public_id, error=str(exc))
                    connection.close()
        finally:
            connection.close()
