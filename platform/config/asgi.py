"""The ASGI entry point: Django, bounded in concurrency, inside the hold wrapper."""

import asyncio
import os
from typing import cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponseBase  # noqa: E402

from core.hold import App, HoldMiddleware  # noqa: E402
from core.waiters import Waiters  # noqa: E402
from restoration.selectors import ended_among  # noqa: E402


class BoundedHandler(ASGIHandler):
    """Django with a bound on how many requests run at once, so that the connection pool always suffices.

    The bound is taken after the body was read: a slow upload holds no place.
    """

    def __init__(self) -> None:
        super().__init__()
        self._places = asyncio.Semaphore(settings.WEB_CONCURRENT_REQUESTS)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        async with self._places:
            response: HttpResponseBase = await super().run_get_response(request)
            return response


_django = cast(App, BoundedHandler())
application = HoldMiddleware(_django, Waiters(ended_among, settings.REDIS_URL))
