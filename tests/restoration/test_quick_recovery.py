"""A worker process that is gone for certain does not hold its job for the rest of the lease."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from core.clock import database_now
from core.process_identity import is_gone, own_name
from restoration import lifecycle, publishing, reconciler
from restoration.models import Restoration, WorkerHeartbeat
from tests.processes import wait_until

Submit = Callable[..., Restoration]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
TELL = "import sys; sys.path.insert(0, 'platform')\nfrom core.process_identity import own_name\n"
TELL += "print(own_name(), flush=True)\nsys.stdin.read()"


@pytest.fixture
def other() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The name of another living process, and that process."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", TELL], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
        process.kill()


def test_a_living_process_is_not_gone(other: tuple[str, "subprocess.Popen[str]"]) -> None:
    assert not is_gone(own_name())
    assert not is_gone(other[0])


def test_a_killed_process_is_gone_even_before_it_is_reaped(
    other: tuple[str, "subprocess.Popen[str]"],
) -> None:
    name, process = other
    process.kill()
    wait_until(lambda: is_gone(name), 10, "the zombie counts as gone")
    process.wait()
    assert is_gone(name)


def test_a_reused_number_does_not_bring_it_back() -> None:
    host, mark, pid, start = own_name().rsplit(":", 3)
    assert int(pid) == os.getpid()
    assert is_gone(f"{host}:{mark}:{pid}:{int(start) - 1}")


@pytest.mark.parametrize(
    "name", ["", "w", "host:1", "host::1:2", "host:mark:1:2", "host:{mark}:x:2", "host:{mark}:²:2"]
)
def test_what_cannot_be_told_from_here_is_not_gone(name: str) -> None:
    assert not is_gone(name.format(mark=own_name().rsplit(":", 3)[1]))


def test_a_fork_has_a_name_of_its_own() -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, own_name().encode())
        os._exit(0)
    os.waitpid(child, 0)
    name = os.read(reader, 200).decode()
    os.close(reader)
    os.close(writer)
    assert name != own_name()
    assert is_gone(name)


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []
    monkeypatch.setattr(publishing, "send_hint", sent.append)
    return sent


def test_the_job_of_a_dead_worker_is_sent_again_at_once(
    submit: Submit, hints: list[int], other: tuple[str, "subprocess.Popen[str]"]
) -> None:
    job = submit()
    assert lifecycle.claim(pk=job.pk, worker=other[0])
    assert reconciler.reconcile()["forfeited"] == 0
    other[1].kill()
    other[1].wait()
    hints.clear()
    assert reconciler.reconcile()["forfeited"] == 1
    assert hints == [job.pk]
    assert reconciler.reconcile()["forfeited"] == 0
    assert lifecycle.claim(pk=job.pk, worker=own_name())


def test_a_living_workers_lease_stands(submit: Submit, hints: list[int]) -> None:
    job = submit()
    assert lifecycle.claim(pk=job.pk, worker=own_name())
    assert reconciler.reconcile()["forfeited"] == 0
    assert lifecycle.claim(pk=job.pk, worker="w") is None


def test_a_successors_lease_is_not_ended_for_its_dead_predecessor(submit: Submit) -> None:
    job = submit()
    first = lifecycle.claim(pk=job.pk, worker="a")
    assert first is not None
    assert lifecycle.forfeit(pk=job.pk, fence=first.fence)
    second = lifecycle.claim(pk=job.pk, worker="b")
    assert second is not None
    assert not lifecycle.forfeit(pk=job.pk, fence=first.fence)
    assert lifecycle.renew(second, stage="", progress=0)


def test_a_dead_worker_is_not_counted_as_ready(db: None, other: tuple[str, "subprocess.Popen[str]"]) -> None:
    for name in (own_name(), other[0]):
        WorkerHeartbeat.objects.create(worker=name, seen_at=database_now())
    other[1].kill()
    other[1].wait()
    reconciler.reconcile()
    assert list(WorkerHeartbeat.objects.values_list("worker", flat=True)) == [own_name()]
