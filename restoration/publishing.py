"""Hints to other processes: "there is a job" over the broker, "it has ended" over pub/sub. Both may get lost."""

from functools import cache

import redis
import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.connection import Connection
from kombu.pools import producers

from core.waiters import announce

log = structlog.get_logger(__name__)
SEND_S = 2


@cache
def _client() -> redis.Redis | None:
    if not settings.REDIS_URL:
        return None
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


@cache
def _connection() -> Connection:
    # Not the worker's patience of 30 s: a broker that hangs would keep every request waiting that submits a job.
    patience = {} if not settings.REDIS_URL else {"socket_timeout": SEND_S, "max_retries": 0}
    connection: Connection = current_app.connection_for_write(transport_options=patience)
    return connection


def job_waits(pk: int) -> None:
    """Tell a worker, after commit. A broker that is down loses nothing: the reconciler sends the hint again."""
    transaction.on_commit(lambda: send_hint(pk), robust=True)


def send_hint(pk: int) -> None:
    """Publish the message now; failure is logged and swallowed."""
    from restoration.tasks import restore_task  # tasks import the services, which import this

    try:
        with producers[_connection()].acquire(block=True, timeout=SEND_S) as producer:
            restore_task.apply_async((pk,), producer=producer, retry=False)
    except Exception as exc:
        log.warning("hint_not_sent", job_pk=pk, error=str(exc))


def job_ended(public_id: str) -> None:
    """Wake whoever holds a reply for this job, after commit."""
    transaction.on_commit(lambda: announce(_client(), public_id), robust=True)
