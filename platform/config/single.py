"""Web and worker as threads of one process, where no broker can be had: `python -m config.single`.

Takes uvicorn's options. For looking around on a bare machine; a crash of the engine takes the site with it.
"""

import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import django

django.setup(set_prefix=False)

import uvicorn.main  # noqa: E402
from celery import signals  # noqa: E402
from celery.beat import EmbeddedService  # noqa: E402

from config.celery import app  # noqa: E402
from core.process_identity import own_name  # noqa: E402
from restoration.engine import announce_forever  # noqa: E402


@signals.setup_logging.connect
def keep_logging(**_: Any) -> None:
    """A receiver here is how Celery is told to leave the web's logging alone."""


def start_worker() -> None:
    """A Celery worker for both queues in a thread of this process: an app can have only one selection."""
    worker = app.WorkController(
        hostname="single@localhost",
        pool="threads",
        concurrency=3,
        queues=["restoration", "default"],
        quiet=True,
    )
    threading.Thread(target=worker.start, name="worker", daemon=True).start()


def main() -> None:
    """Start worker and beat, then serve until the process ends."""
    start_worker()
    announce_forever(own_name())
    schedule = Path(tempfile.mkdtemp(prefix="heirloom-beat-")) / "schedule"
    EmbeddedService(app, thread=True, schedule_filename=str(schedule)).start()
    uvicorn.main.main(args=sys.argv[1:])


if __name__ == "__main__":
    main()
