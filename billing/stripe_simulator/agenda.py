"""What happens by itself as time goes by: a session expires, a refund or a debit settles."""

import logging
from collections.abc import Callable

from django.db import transaction

from billing.stripe_simulator.clock import now
from billing.stripe_simulator.models import Appointment

logger = logging.getLogger(__name__)
Task = Callable[[str], None]
TASKS: dict[str, Task] = {}


def task(name: str) -> Callable[[Task], Task]:
    """Register what is done with the id of an object when its time has come."""

    def register(function: Task) -> Task:
        TASKS[name] = function
        return function

    return register


def plan(name: str, subject: str, due_at: int) -> None:
    """Have it done at `due_at`, by the simulator's clock."""
    Appointment.objects.create(task=name, subject=subject, due_at=due_at)


def keep() -> None:
    """Do everything that is due, each in a transaction of its own, earliest first."""
    # Looked at without the write lock: mostly nothing is due, and requests want the lock.
    while Appointment.objects.filter(due_at__lte=now()).exists():
        with transaction.atomic():
            due = Appointment.objects.filter(due_at__lte=now()).order_by("due_at", "pk").first()
            if due is None:
                return
            due.delete()
            try:
                with transaction.atomic():
                    TASKS[due.task](due.subject)
            except Exception:
                # One that cannot be kept is given up; it must not hold up the others.
                logger.exception("%s could not be kept", due)
