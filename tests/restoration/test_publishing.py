"""Hints never fail and never keep their sender waiting, whatever the broker does."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import hints
from restoration import publishing
from restoration.models import Restoration
from tests.conftest import Owner
from tests.restoration.books import credits


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[str]:
    """A broker that takes connections and says nothing, like one that is stopped."""
    path = str(tmp_path / "b.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(8)
        yield path


@pytest.fixture
def broker_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Send hints to another socket."""
    from celery import current_app

    def use(path: str) -> None:
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis+socket://{path}?virtual_host=0")
        monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis+socket://{path}?virtual_host=0")
        hints._connection.cache_clear()

    yield use
    hints._connection.cache_clear()


def test_a_broker_that_hangs_does_not_keep_the_sender(silent: str, broker_at: Callable[[str], None]) -> None:
    broker_at(silent)
    thread = threading.Thread(target=publishing.send_hint, args=(1,), daemon=True)
    thread.start()
    thread.join(20)  # the worker's own patience is 30 s for each of several steps
    assert not thread.is_alive()


def test_without_a_broker_a_job_is_accepted_all_the_same(
    submit: Callable[..., Restoration], owner: Owner, tmp_path: Path, broker_at: Callable[[str], None]
) -> None:
    broker_at(str(tmp_path / "none.sock"))
    job = submit()
    assert (job.status, credits(owner)) == ("queued", (4, 1))


def test_nothing_is_sent_for_a_job_that_was_rolled_back(
    submit: Callable[..., Restoration], monkeypatch: pytest.MonkeyPatch, owner: Owner
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(publishing, "send_hint", sent.append)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the insert failed")

    monkeypatch.setattr(Restoration, "save", fail)
    with pytest.raises(RuntimeError):
        submit()
    assert (sent, credits(owner), Restoration.objects.count()) == ([], (5, 0), 0)
