"""Calls that are held while something breaks, pictures that arrive when the test says so, and what came of it."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.instance import ENDPOINT, Answer, Instance, bearer
from tests.pictures import Reply, jpeg
from tests.processes import wait_until

_numbers = count(1)


class HeldCall(threading.Thread):
    """A call of the compatibility endpoint in a thread; `answer` or `error` when it is over."""

    def __init__(self, instance: Instance, key: str, url: str) -> None:
        super().__init__(daemon=True)
        self._arguments = (instance, key, url)
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        instance, key, url = self._arguments
        try:
            self.answer = instance.restore(key, url)
        except Exception as exc:
            self.error = exc

    def result(self, seconds: float = 90) -> Answer:
        """The answer; fails when the connection broke."""
        self.join(seconds)
        assert self.answer is not None, f"no answer: {self.error!r}"
        return self.answer


@dataclass
class GatedPicture:
    """A photo whose server sends its last byte only after `open()`: the job is in the worker meanwhile."""

    instance: Instance
    content: bytes = field(default_factory=jpeg)

    def __post_init__(self) -> None:
        self._gate = threading.Event()
        self.path = f"/gated-{next(_numbers)}.jpg"
        self.url = self.instance.pictures.serve(self.path, Reply(self._pieces))

    def _pieces(self) -> Iterator[bytes]:
        yield self.content[:-1]
        self._gate.wait(12)
        yield self.content[-1:]

    def wait_for_fetch(self, times: int = 1) -> None:
        wait_until(
            lambda: self.instance.pictures.hits[self.path] >= times, 60, "the worker fetches the photo"
        )

    def open(self) -> None:
        self._gate.set()


def leave_after_sending(instance: Instance, key: str, url: str) -> socket.socket:
    """Send a call and return its socket, for the caller to hang up."""
    body = f'{{"imageUrl": "{url}"}}'.encode()
    headers = {"Host": f"127.0.0.1:{instance.port}", "Content-Length": str(len(body)), **bearer(key)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    sock = socket.create_connection(("127.0.0.1", instance.port), timeout=30)
    sock.sendall(f"POST {ENDPOINT} HTTP/1.1\r\n{head}\r\n".encode() + body)
    return sock


LATEST = """
from billing.models import Hold, LedgerTxn
from restoration.models import Restoration
job = Restoration.objects.filter(source__url={url!r}).latest("pk")
result = dict(
    status=job.status, error_code=job.error_code, id=job.public_id,
    attempts=list(job.attempts.order_by("fence").values_list("outcome", flat=True)),
    hold=Hold.objects.get(job=job.public_id).state,
    charges=LedgerTxn.objects.filter(kind="capture", ref=job.public_id).count(),
    outputs=job.artifacts.filter(kind="output").count(),
)
"""


def job_of(instance: Instance, url: str) -> dict[str, Any]:
    """What the database says of the latest job for this picture."""
    found: dict[str, Any] = instance.evaluate(LATEST.format(url=url))
    return found


def restoring_processes(instance: Instance) -> list[int]:
    """The restoring worker's main process and its child."""
    return instance.processes("-n restoration@")
