"""The shared cache; sign-in goes on without it."""

import time
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class SharedCache(RedisCache):
    """Redis. While it is out, the counters of sign-in, sign-up and password reset are kept in this process.

    Everything else fails as Redis fails: the API's rate limit has a window of its own for that, and
    /readyz must see it.
    """

    local_prefixes = ("allauth:",)
    # One sign-in asks the cache a dozen times; each would wait for the connection's timeout.
    retry_after_s = 5.0
    _out_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._local = LocMemCache("shared-cache-outage", {})

    def add(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", key, *args, **kwargs)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", key, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", key, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", key, *args, **kwargs)

    def _ask(self, method: str, key: str, *args: Any, **kwargs: Any) -> Any:
        shared = getattr(super(), method)
        if not key.startswith(self.local_prefixes):
            return shared(key, *args, **kwargs)
        if time.monotonic() >= SharedCache._out_until:
            try:
                return shared(key, *args, **kwargs)
            except (RedisError, OSError) as exc:
                SharedCache._out_until = time.monotonic() + self.retry_after_s
                log.error("sign_in_limits_local", error=str(exc))
        return getattr(self._local, method)(key, *args, **kwargs)
