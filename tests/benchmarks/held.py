"""What 1,000 held requests cost one web process: memory, threads, open database files.

On the embedded SQLite; with PostgreSQL the pool bounds the connections, whatever is held.

python -m tests.benchmarks.held [--requests 1000]
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import time
from pathlib import Path

import tests.environment  # noqa: F401
from tests.benchmarks.tables import percentile, print_table
from tests.faults.audit import MAKE_CUSTOMERS
from tests.faults.traffic import restoring_processes
from tests.instance import ENDPOINT, Instance, bearer, new_instance
from tests.pictures import jpeg
from tests.processes import kill

A_KEY = 90  # calls; the limit is 100 an hour
WAITING = (
    "from restoration.models import Restoration\nresult = Restoration.objects.filter(status='queued').count()"
)
CANCEL_ALL = """
from restoration import services
from restoration.models import Restoration
result = sum(services.cancel(job=job) for job in Restoration.objects.filter(status="queued"))
"""


def usage(pid: int) -> dict[str, int]:
    """Resident MiB, threads, and open database files of a process."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    open_files = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
    return {
        "memory": int(status["VmRSS"].split()[0]) // 1024,
        "threads": int(status["Threads"]),
        "connections": sum(name.endswith(".sqlite3") for name in open_files),
    }


async def call(port: int, key: str, body: bytes, ended: list[float], statuses: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **bearer(key),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST {ENDPOINT} HTTP/1.1\r\n{head}\r\n".encode() + body)
    answer = await reader.read()
    ended.append(time.perf_counter())
    statuses.append(int(answer.split(b" ", 2)[1]))
    writer.close()


async def measure(instance: Instance, number: int) -> None:
    keys: list[str] = instance.evaluate(MAKE_CUSTOMERS.format(number=-(-number // A_KEY) + 1, credits=A_KEY))
    body = json.dumps({"imageUrl": instance.pictures.serve("/held.jpg", jpeg())}).encode()
    (web,) = instance.processes("uvicorn")
    for _ in range(20):
        instance.call("GET", "/api/v1/account", headers=bearer(keys[-1]))
    idle = usage(web)
    ended: list[float] = []
    statuses: list[int] = []
    started = time.perf_counter()
    calls = [
        asyncio.create_task(call(instance.port, keys[n // A_KEY], body, ended, statuses))
        for n in range(number)
    ]
    deadline = time.monotonic() + 200
    while (waiting := await asyncio.to_thread(instance.evaluate, WAITING)) < number and not ended:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {waiting} of {number} requests were accepted")
        await asyncio.sleep(1)
    accepted = time.perf_counter() - started
    await asyncio.sleep(3)
    holding = usage(web)
    cpu = _cpu(web)
    await asyncio.sleep(5)
    load = (_cpu(web) - cpu) / 5
    released = time.perf_counter()
    await asyncio.to_thread(instance.evaluate, CANCEL_ALL)
    await asyncio.wait_for(asyncio.gather(*calls), 120)
    after = usage(web)
    columns = ["Held requests", "idle (baseline)", f"{number} held", "answered", "growth", "x baseline"]
    names = {"memory": "resident MiB", "threads": "threads", "connections": "open database files"}
    rows: list[list[str | float]] = [
        [
            label,
            idle[name],
            holding[name],
            after[name],
            holding[name] - idle[name],
            holding[name] / max(1, idle[name]),
        ]
        for name, label in names.items()
    ]
    print_table("One web process", columns, rows)
    answers = [moment - released for moment in ended]
    print(f"  all accepted within {accepted:.1f} s; CPU while holding {load:.1%} of a core")
    print(f"  after the jobs began to end: p50 {percentile(answers, 0.5):.1f} s, last {max(answers):.1f} s")
    if len(statuses) != number or set(statuses) != {500}:  # canceled jobs answer 500
        raise RuntimeError(f"answers: { {status: statuses.count(status) for status in set(statuses)} }")


def _cpu(pid: int) -> float:
    """Seconds of CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=1000, help="how many are held (default %(default)s)")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192) if most > 0 else 8192, most))
    instance = new_instance(RESTORATION_SHED_LOAD="0", RESTORATION_HOLD_S="600").start()
    stopped = restoring_processes(instance)
    for pid in stopped:
        kill(pid, signal.SIGSTOP)
    try:
        asyncio.run(measure(instance, options.requests))
    finally:
        for pid in stopped:
            kill(pid, signal.SIGCONT)
        instance.stop()


if __name__ == "__main__":
    main()
