"""`/healthz` (the process answers) and `/readyz` (it can serve): before ALLOWED_HOSTS, sessions and redirects."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)


def database() -> None:
    """Raises when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def broker() -> None:
    """Raises when the server behind cache, broker and wake-up does not keep a value."""
    cache.set("readyz", "1", 10)
    if cache.get("readyz") != "1":
        raise ConnectionError("the cache does not keep values")


class HealthMiddleware:
    """Answers the two probes; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 when every check of settings.READINESS_CHECKS passes, else 503; the reason goes to the reply as words."""
    results = {}
    for path in settings.READINESS_CHECKS:
        name = path.rsplit(".", 1)[1]
        try:
            import_string(path)()
            results[name] = "ok"
        except Exception as exc:
            log.warning("not_ready", check=name, error=str(exc))
            results[name] = f"failed: {type(exc).__name__}"
    ready = all(value == "ok" for value in results.values())
    response = JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": results}, status=200 if ready else 503
    )
    response["Cache-Control"] = "no-store"
    return response
