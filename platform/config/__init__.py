"""Settings, URLs and process entry points. The Celery app is bound here so that every process has it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
