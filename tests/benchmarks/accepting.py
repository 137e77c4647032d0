"""How quickly a call is accepted, how many a second, and how soon an idle worker starts on it.

python -m tests.benchmarks.accepting
"""

import argparse
import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import tests.environment  # noqa: F401
from tests.benchmarks.tables import percentile, print_table
from tests.faults.audit import MAKE_CUSTOMERS
from tests.faults.traffic import restoring_processes
from tests.instance import ENDPOINT, REPOSITORY, Instance, bearer, free_port, new_instance
from tests.pictures import jpeg
from tests.processes import kill, wait_until

CLIENTS = 8
STARTS = """
from restoration.models import Restoration
rows = Restoration.objects.filter(source__url={url!r}, status="succeeded").values_list("created_at", "started_at")
result = [(started - created).total_seconds() for created, started in rows]
"""


class Client:
    """One keep-alive connection; seconds of each call in `times`."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.times: list[float] = []

    def close(self) -> None:
        self._connection.close()

    def call(self, method: str, path: str, key: str, body: bytes | None, expected: int) -> None:
        started = time.perf_counter()
        self._connection.request(method, path, body, bearer(key))
        reply = self._connection.getresponse()
        content = reply.read()
        self.times.append(time.perf_counter() - started)
        if reply.status != expected:
            raise RuntimeError(f"{method} {path} answered {reply.status}: {content[:200]!r}")


def load(
    port: int, method: str, path: str, keys: list[str], body: bytes | None, expected: int, calls: int
) -> tuple[list[float], float]:
    """`calls` calls with each key, one client a key, all at once: seconds of each, and calls a second."""
    clients = [Client(port) for _ in keys]

    def work(client: Client, key: str) -> None:
        with closing(client):
            for _ in range(calls):
                client.call(method, path, key, body, expected)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, keys, strict=True)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [seconds for client in clients for seconds in client.times]
    return times, len(times) / (time.perf_counter() - started)


def without_hold(instance: Instance) -> tuple["subprocess.Popen[bytes]", int]:
    """A second web process whose replies are not held: its 202 is the moment of acceptance."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application.app", "--port", str(port)]
    with (instance.var_dir / "accepting.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--no-access-log", "--log-level", "warning"],
            cwd=REPOSITORY,
            env=instance.environment,
            stdout=log,
            stderr=log,
        )
    wait_until(lambda: _answers(port), 60, "the second web process answers", every=0.2)
    return process, port


def _answers(port: int) -> bool:
    try:
        Client(port).call("GET", "/healthz", "", None, 200)
        return True
    except (OSError, RuntimeError, http.client.HTTPException):
        return False


def accepting(instance: Instance, calls: int) -> None:
    keys: list[str] = instance.evaluate(MAKE_CUSTOMERS.format(number=2 + 2 * CLIENTS, credits=100))
    body = json.dumps({"imageUrl": instance.pictures.serve("/accept.jpg", jpeg())}).encode()
    stopped = restoring_processes(instance)
    process, port = without_hold(instance)
    for pid in stopped:  # jobs are to wait: their restoring is not what is measured
        kill(pid, signal.SIGSTOP)
    try:
        load(port, "POST", ENDPOINT, keys[:1], body, 202, 20)
        rows: list[list[str | float]] = []
        base = {}
        for clients, some in ((1, keys[1:2]), (CLIENTS, keys[2 : 2 + CLIENTS])):
            for name, method, path, sent, status in (
                ("GET /healthz (baseline)", "GET", "/healthz", None, 200),
                ("GET /api/v1/account", "GET", "/api/v1/account", None, 200),
                ("POST photo-restore, to 202", "POST", ENDPOINT, body, 202),
            ):
                times, rate = load(port, method, path, some, sent, status, calls)
                base.setdefault(clients, percentile(times, 0.5))
                middle = percentile(times, 0.5)
                rows.append(
                    [
                        name,
                        str(clients),
                        str(len(times)),
                        middle * 1000,
                        percentile(times, 0.99) * 1000,
                        rate,
                        middle / base[clients],
                    ]
                )
    finally:
        for pid in stopped:
            kill(pid, signal.SIGCONT)
        process.terminate()
        process.wait()
    columns = ["Accepting", "clients", "calls", "p50 ms", "p99 ms", "calls/s", "x baseline"]
    print_table("One web process, jobs queued and not worked on", columns, rows)


def starting(instance: Instance, jobs: int) -> None:
    (key,) = instance.evaluate(MAKE_CUSTOMERS.replace("campaign", "starting").format(number=1, credits=100))
    url = instance.pictures.serve("/start.jpg", jpeg())
    whole = []
    for _ in range(jobs):
        started = time.perf_counter()
        if instance.restore(key, url).status == 200:
            whole.append(time.perf_counter() - started)
    waits = instance.evaluate(STARTS.format(url=url))
    middle = percentile(whole, 0.5)
    rows: list[list[str | float]] = [
        [
            name,
            str(len(values)),
            percentile(values, 0.5) * 1000,
            percentile(values, 0.99) * 1000,
            percentile(values, 0.5) / middle,
        ]
        for name, values in (
            ("POST to 200, 64x48 photo (baseline)", whole),
            ("row inserted to worker started", waits),
        )
    ]
    print_table("An idle worker", ["Starting", "jobs", "p50 ms", "p99 ms", "x baseline"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=75, help="calls of each client (default %(default)s)")
    parser.add_argument(
        "--jobs", type=int, default=20, help="restorations, one after another (default %(default)s)"
    )
    options = parser.parse_args()
    instance = new_instance(RESTORATION_SHED_LOAD="0").start()
    try:
        starting(instance, options.jobs)
        accepting(instance, options.calls)
    finally:
        instance.stop()


if __name__ == "__main__":
    main()
