"""The engine of this worker process: loaded once, and its health told to everybody."""

import os
import threading
from functools import cache
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import connection

from core.clock import database_now
from restoration.models import WorkerHeartbeat

if TYPE_CHECKING:
    from restoration.inference.engine import Engine

log = structlog.get_logger(__name__)
BEAT_S = 5.0


_loading = threading.Lock()


def engine() -> "Engine":
    """The loaded engine; raises WeightsError while its weights are missing or wrong, and tries again next time."""
    # The heartbeat and the first job may ask at the same moment; two engines would need twice the memory.
    with _loading:
        return _engine()


@cache
def _engine() -> "Engine":
    from restoration.inference.engine import Engine  # torch is imported in the worker only

    return Engine.load(settings.WEIGHTS_DIR, threads=settings.WORKER_THREADS)


def loaded_version() -> str:
    """The version of the engine, once it is loaded; raises WeightsError while it cannot be."""
    engine()
    from restoration.inference.engine import ENGINE_VERSION  # torch is imported in the worker only

    return ENGINE_VERSION


def announce_forever(worker: str) -> None:
    """Load the engine, then say every few seconds that this worker lives. Returns at once: a thread does it."""
    threading.Thread(target=_announce, args=(worker,), name="worker-heartbeat", daemon=True).start()


def _announce(worker: str) -> None:
    pause = threading.Event()
    pid = os.getpid()
    while os.getpid() == pid:
        version, error = "", ""
        try:
            version = loaded_version()
        except Exception as exc:
            error = f"{type(exc).__name__}: {exc}"
            log.error("engine_not_loaded", error=error)
        try:
            WorkerHeartbeat.objects.update_or_create(
                worker=worker, defaults={"engine_version": version, "error": error, "seen_at": database_now()}
            )
        except Exception as exc:
            log.warning("worker_heartbeat_failed", error=str(exc))
        finally:
            connection.close()
        pause.wait(BEAT_S)
