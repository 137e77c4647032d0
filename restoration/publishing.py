"""Hints to other processes: "there is a job" over the broker, "it has ended" over pub/sub. Both may get lost."""

from functools import cache

import redis
from django.conf import settings
from django.db import transaction

from core import hints
from core.waiters import announce


@cache
def _client() -> redis.Redis | None:
    if not settings.REDIS_URL:
        return None
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def job_waits(pk: int) -> None:
    """Tell a worker, after commit. A broker that is down loses nothing: the reconciler sends the hint again."""
    transaction.on_commit(lambda: send_hint(pk), robust=True)


def send_hint(pk: int) -> None:
    """Publish the message now; failure is logged and swallowed."""
    from restoration.tasks import restore_task  # tasks import the services, which import this

    hints.send(restore_task, pk)


def job_ended(public_id: str) -> None:
    """Wake whoever holds a reply for this job, after commit."""
    transaction.on_commit(lambda: announce(_client(), public_id), robust=True)
