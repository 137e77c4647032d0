"""What a Celery worker does beside its tasks: load the engine in the child, never before the fork."""

import os
import sys
from typing import Any

from celery.signals import worker_init, worker_process_init

from core.process_identity import own_name
from core.supervisor import die_with_parent
from restoration.engine import announce_forever

_restores = False
_parent = 0


@worker_init.connect
def note_queues(sender: Any = None, **_: Any) -> None:
    """Remember, before the fork, whether this worker takes restorations at all."""
    global _restores, _parent
    _parent = os.getpid()
    _restores = "restoration" in sender.app.amqp.queues.consume_from


@worker_process_init.connect
def prepare_child(**_: Any) -> None:
    """In the pool's child: die with the parent, also when that is killed in mid-job; then load the engine."""
    # The solo pool has no child: the worker itself runs the jobs.
    if sys.platform == "linux" and os.getpid() != _parent:
        die_with_parent()
        if os.getppid() != _parent:
            os._exit(1)  # it died before the kernel was asked to tell
    if _restores:
        announce_forever(own_name())
