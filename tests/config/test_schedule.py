"""What beat asks for exists, and no message of it outlives the next one."""

import pytest
from celery.schedules import crontab
from django.conf import settings

from config.celery import app


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_an_entry_names_a_task_and_expires(name: str) -> None:
    app.loader.import_default_modules()
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["task"] in app.tasks
    period = 24 * 3600 if isinstance(entry["schedule"], crontab) else entry["schedule"]
    assert 0 < entry["options"]["expires"] <= period
