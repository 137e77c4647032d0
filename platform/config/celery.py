"""The Celery application: early ack, one job at a time, torch only in the worker's child."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("heirloom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
