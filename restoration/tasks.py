"""Celery's entry points: a primary key in, a service called."""

import time

from celery import shared_task

from restoration import reconciler, runner
from restoration.models import Restoration

IDLE_S = 15


@shared_task(time_limit=180)
def restore_task(pk: int) -> None:
    """Carry out one restoration, if it still waits."""
    runner.run(pk)


@shared_task(time_limit=60)
def reconcile_task() -> None:
    """Every 3 s while anything is unfinished, every 15 s else."""
    unfinished = Restoration.objects.filter(
        status__in=[Restoration.Status.QUEUED, Restoration.Status.PROCESSING]
    ).exists()
    if unfinished or int(time.time()) % IDLE_S < 3:
        reconciler.reconcile()


@shared_task(time_limit=300)
def purge_task() -> None:
    """Erase what is past its retention."""
    reconciler.purge()
