"""Children are kept alive, and none survives its supervisor, whatever ends it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import is_running, kill, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Supervised:
    """The running supervisor and where its children note their ids."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    def ids(self, name: str) -> list[int]:
        path = self.folder / name
        return [int(line) for line in path.read_text().splitlines()] if path.exists() else []

    def started(self, name: str, times: int = 1) -> int:
        wait_until(lambda: len(self.ids(name)) >= times, 30, f"{name} was started {times} times")
        return self.ids(name)[-1]


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.core.supervised", str(tmp_path)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "platform")},
        stderr=(tmp_path / "stderr").open("wb"),
    )
    found = Supervised(process, tmp_path)
    yield found
    for pid in [*found.ids("first"), *found.ids("second"), process.pid]:
        if is_running(pid):
            kill(pid)
    process.wait()


def test_a_killed_child_is_started_again_and_the_other_left_alone(supervised: Supervised) -> None:
    first, second = supervised.started("first"), supervised.started("second")
    kill(first)
    again = supervised.started("first", times=2)
    assert again != first
    assert is_running(again)
    assert supervised.ids("second") == [second]
    assert is_running(second)
    assert "first ended (-9)" in (supervised.folder / "stderr").read_text()


def test_a_child_may_die_again_and_again(supervised: Supervised) -> None:
    for times in (1, 2, 3):
        kill(supervised.started("first", times))
    assert is_running(supervised.started("first", times=4))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_child_outlives_the_supervisor(supervised: Supervised, number: signal.Signals) -> None:
    children = [supervised.started("first"), supervised.started("second")]
    supervised.process.send_signal(number)
    code = supervised.process.wait(30)
    assert code == (-9 if number == signal.SIGKILL else 0)
    wait_until(lambda: not any(is_running(pid) for pid in children), 30, "every child has ended")


def test_a_stubborn_child_is_killed(supervised: Supervised) -> None:
    stubborn = supervised.started("first")
    supervised.started("second")
    kill(stubborn, signal.SIGSTOP)  # SIGTERM stays pending
    supervised.process.send_signal(signal.SIGTERM)
    assert supervised.process.wait(40) == 0
    assert not is_running(stubborn)


def test_output_goes_to_a_file_of_each_child(supervised: Supervised) -> None:
    supervised.started("first")
    supervised.started("second")
    for name in ("first", "second"):
        log = supervised.folder / "logs" / f"{name}.log"
        wait_until(lambda log=log: log.exists() and log.read_text(), 10, "the log is written")  # type: ignore[misc]
        assert log.read_text() == f"this is {name}\n"
