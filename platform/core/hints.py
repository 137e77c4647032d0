"""Messages that say "look at this row". They may get lost: a sweeper finds the row all the same."""

from functools import cache
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from kombu.connection import Connection
from kombu.pools import producers

log = structlog.get_logger(__name__)
SEND_S = 2


@cache
def _connection() -> Connection:
    # Not the worker's patience of 30 s: a broker that hangs would keep every request waiting that sends a hint.
    patience = {} if not settings.REDIS_URL else {"socket_timeout": SEND_S, "max_retries": 0}
    connection: Connection = current_app.connection_for_write(transport_options=patience)
    return connection


def send(task: Any, pk: int) -> None:
    """Have a worker run the task with this primary key; failure is logged and swallowed."""
    try:
        with producers[_connection()].acquire(block=True, timeout=SEND_S) as producer:
            task.apply_async((pk,), producer=producer, retry=False)
    except Exception as exc:
        log.warning("hint_not_sent", task=task.name, pk=pk, error=str(exc))
