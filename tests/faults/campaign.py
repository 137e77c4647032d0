"""A kill campaign: customers send photos while processes are killed with -9; then the books are audited."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.audit import AUDIT, MAKE_CUSTOMERS, UNFINISHED
from tests.faults.traffic import leave_after_sending
from tests.instance import Answer, Instance
from tests.pictures import jpeg
from tests.processes import kill, wait_until

# Who is killed how often; the child restores, the worker holds it, "default" runs what beat asks for.
VICTIMS = {"child": 10, "worker": 5, "broker": 4, "web": 3, "default": 2, "beat": 1}
# Every one of these must be zero.
FORBIDDEN = (
    "jobs lost",
    "jobs charged twice",
    "jobs charged without success",
    "successes not charged",
    "successes without a file",
    "answers that disagree with the job",
    "accounts whose books do not balance",
    "open holds",
    "files that nobody knows of",
)


@dataclass
class Campaign:
    """`run` it on a started instance with RESTORATION_SHED_LOAD=0. seconds: how long things are killed."""

    instance: Instance
    seconds: float = 150
    settle: float = 180
    clients: int = 10
    pause: tuple[float, float] = (2.0, 12.0)
    seed: int = 1
    counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> dict[str, int]:
        """Kill, settle, audit: counts by what they count."""
        self._random = random.Random(self.seed)
        self._keys: list[str] = self.instance.evaluate(MAKE_CUSTOMERS.format(number=self.clients, credits=95))
        self._answers: list[Answer] = []
        good = [
            self.instance.pictures.serve(f"/campaign-{number}.jpg", jpeg(seed=number)) for number in range(8)
        ]
        damaged = self.instance.pictures.serve("/campaign-damaged.jpg", jpeg()[:700])
        self._urls = [*good, damaged]
        self._deadline = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(self.clients)]
        for thread in threads:
            thread.start()
        self._kill_until_the_end()
        for thread in threads:
            thread.join(100)
        wait_until(self.instance.is_ready, 120, "ready after the last kill", every=0.5)
        self._settle()
        return self._report()

    def _send(self, number: int) -> None:
        choose = random.Random(self.seed * 1000 + number)
        for _ in range(90):  # below the limit of 100 an hour
            if time.monotonic() > self._deadline:
                return
            try:
                self._call(self._keys[number], choose)
            except ConnectionRefusedError:
                self.counts["calls refused while the web process was down"] += 1
                time.sleep(2)
            except OSError:
                self.counts["calls whose connection broke"] += 1
                time.sleep(1)
            except Exception as exc:
                self.counts[f"calls that ended with {type(exc).__name__}"] += 1
                time.sleep(1)

    def _call(self, key: str, choose: random.Random) -> None:
        url = choose.choice(self._urls)
        self.counts["calls"] += 1
        if choose.random() < 0.08:
            with leave_after_sending(self.instance, key, url):
                time.sleep(choose.uniform(0, 0.5))
            self.counts["calls that hung up"] += 1
            return
        answer = self.instance.restore(key, url)
        self._answers.append(answer)
        self.counts[f"answers {answer.status}"] += 1
        time.sleep(choose.uniform(0, 0.5))

    def _kill_until_the_end(self) -> None:
        names, weights = list(VICTIMS), list(VICTIMS.values())
        while time.monotonic() < self._deadline:
            time.sleep(self._random.uniform(*self.pause))
            name = self._random.choices(names, weights)[0]
            pids = self._find(name)
            if pids and kill(pids[0]):
                self.counts[f"kills of {name}"] += 1

    def _find(self, name: str) -> list[int]:
        find: dict[str, Callable[[], list[int]]] = {
            "child": lambda: self.instance.processes("-n restoration@")[1:],
            "worker": lambda: self.instance.processes("-n restoration@")[:1],
            "broker": lambda: self.instance.processes("broker.sock"),
            "web": lambda: self.instance.processes("uvicorn"),
            "default": lambda: self.instance.processes("-n default@"),
            "beat": lambda: self.instance.processes("-A config beat"),
        }
        return find[name]()

    def _settle(self) -> None:
        deadline = time.monotonic() + self.settle
        while self.instance.evaluate(UNFINISHED) and time.monotonic() < deadline:
            time.sleep(2)

    def _report(self) -> dict[str, int]:
        told = {
            answer.headers["x-job-id"]: answer.status
            for answer in self._answers
            if "x-job-id" in answer.headers
        }
        found: dict[str, Any] = self.instance.evaluate(AUDIT.format(told=told))
        return {**dict(sorted(self.counts.items())), **found}


def broken(report: dict[str, int]) -> list[str]:
    """What must be zero and is not."""
    return [f"{name}: {report[name]}" for name in FORBIDDEN if report[name]]
