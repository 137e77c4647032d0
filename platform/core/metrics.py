"""`/metrics` for Prometheus, read from the database at each scrape, so that one process tells of all of them."""

from collections.abc import Callable, Iterable
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import Metric
from prometheus_client.registry import Collector


class Source(Collector):
    """One function of settings.METRICS. What it raises fails the scrape: no number is better than an old one."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that nothing is read before the first scrape."""
        return []

    def collect(self) -> Iterable[Metric]:
        try:
            return list(self._read())
        finally:
            close_old_connections()  # each scrape is a thread of its own


def application() -> WSGIApplication:
    """What answers on the metrics port."""
    registry = CollectorRegistry()
    for path in settings.METRICS:
        registry.register(Source(import_string(path)))
    return make_wsgi_app(registry)
