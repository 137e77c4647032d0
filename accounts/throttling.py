"""The rate limit: a fixed window per key lineage, counted by django-ratelimit on the shared cache."""

import threading
import time
from collections import Counter
from typing import Any

import structlog
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.authentication import caller
from core.requests import replay_of

log = structlog.get_logger(__name__)
WINDOW_S = 3600
# A cache that hangs costs each caller its timeout; so after a failure it is left alone for a while.
LEAVE_ALONE_S = 5.0


class LocalWindow:
    """Counting in this process alone, for the time that the shared cache is out: a limit, if a looser one."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, key: str) -> tuple[int, int]:
        """The count of this key in the present clock hour, and the seconds left of it."""
        window, elapsed = divmod(int(time.time()), WINDOW_S)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, Counter()
            self._counts[key] += 1
            return self._counts[key], WINDOW_S - elapsed


_local = LocalWindow()


class Outage:
    """Since when the shared cache is not asked."""

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + LEAVE_ALONE_S


_outage = Outage()


class KeyThrottle(BaseThrottle):
    """`limit` requests in each 60-minute window of a key; refused requests count too.

    Sets `rate_limit` (limit, remaining, seconds to the window's end) on the request for the reply's headers.
    """

    limit = 100
    group = "photo-restore"

    def allow_request(self, request: Request, view: Any) -> bool:
        http: HttpRequest = request._request
        if replay_of(http) is not None:
            return True
        count, self.left = self._count(http, caller(request).key.lineage_id)
        http.rate_limit = (self.limit, max(0, self.limit - count), self.left)  # type: ignore[attr-defined]
        return count <= self.limit

    def wait(self) -> float:
        return float(self.left)

    def _count(self, http: HttpRequest, lineage: str) -> tuple[int, int]:
        usage = None if _outage else self._shared(http, lineage)
        # django-ratelimit reports a cache that does not answer as a limit of 0.
        if usage is None or usage["limit"] == 0:
            return _local.count(f"{self.group}:{lineage}")
        return usage["count"], max(1, usage["time_left"])

    def _shared(self, http: HttpRequest, lineage: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = get_usage(
                http,
                group=self.group,
                key=lambda group, request: lineage,
                rate=f"{self.limit}/{WINDOW_S}s",
                increment=True,
            )
        except Exception as exc:  # a dead cache raises whatever its client raises
            log.error("rate_limit_cache_down", error=str(exc))
            _outage.begin()
            return None
        return found


class ReadThrottle(KeyThrottle):
    """A wider window of its own for reading: asking after a job does not use up restorations."""

    limit = 3000
    group = "read"
