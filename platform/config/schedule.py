"""What beat sends, and when. A message that no worker took before the next one is due is dropped."""

from typing import Any

from celery.schedules import crontab


def every(seconds: float, task: str) -> dict[str, Any]:
    """One task, each `seconds`."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


BEAT_SCHEDULE = {
    "reconcile": every(3.0, "restoration.tasks.reconcile_task"),
    "purge": every(600.0, "restoration.tasks.purge_task"),
    "stripe-events": every(60.0, "billing.tasks.sweep_events_task"),
    "balances": every(60.0, "billing.tasks.sweep_balances_task"),
    "lapse": every(3600.0, "billing.tasks.lapse_task"),
    "reconcile-stripe": every(600.0, "billing.tasks.reconcile_task"),
    "reconcile-nightly": {
        "task": "billing.tasks.reconcile_nightly_task",
        "schedule": crontab(hour="3", minute="17"),
        "options": {"expires": 12 * 3600.0},
    },
}
