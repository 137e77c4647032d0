"""Eight web processes at one shared cache: `python -m tests.accounts.callers LINEAGE` prints who was let in.

Forked after Django is set up and before anything is connected; all start at the same moment.
"""

import json
import multiprocessing
import sys
from multiprocessing.synchronize import Barrier
from typing import Any

import django

PROCESSES = 8
REQUESTS = 200


def call(lineage: str, start: Barrier, admitted: Any, place: int) -> None:
    """Ask the throttle REQUESTS times, a new instance each time as DRF does."""
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from accounts.authentication import Caller
    from accounts.models import Account, ApiKey
    from accounts.throttling import KeyThrottle

    request = Request(APIRequestFactory().post("/"))
    request.user = Caller(ApiKey(account=Account(), lineage_id=lineage))
    start.wait()
    admitted[place] = sum(KeyThrottle().allow_request(request, None) for _ in range(REQUESTS))


def main(lineage: str) -> None:
    """Run the processes and print the list of how many each was allowed."""
    django.setup()
    context = multiprocessing.get_context("fork")
    start, admitted = context.Barrier(PROCESSES), context.Array("i", PROCESSES)
    callers = [
        context.Process(target=call, args=(lineage, start, admitted, place)) for place in range(PROCESSES)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    print(json.dumps({"admitted": list(admitted), "failed": sum(caller.exitcode != 0 for caller in callers)}))


if __name__ == "__main__":
    main(sys.argv[1])
