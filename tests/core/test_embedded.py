"""The embedded broker: a real server on a unix socket that is nobody else's."""

import os
import subprocess
from pathlib import Path

import pytest
import redis
from django.core.management import CommandError

from config.env import embedded_socket
from core.embedded import broker_command, wait_for_broker


def test_it_serves_its_socket_and_keeps_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    url = f"unix://{folder / 'broker.sock'}?db=0"
    command = broker_command(url, tmp_path / "data")
    assert command is not None
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_broker(url)
        client = redis.Redis.from_url(url)
        client.set("kept", "1")
        assert client.config_get("port")["port"] == "0"  # no network port at all
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "broker.sock").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data").is_dir()
    finally:
        process.terminate()
        process.wait()


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    with pytest.raises(CommandError, match="open to others"):
        broker_command(f"unix://{tmp_path}/run/broker.sock", tmp_path / "data")


def test_a_link_to_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "private")
    with pytest.raises(CommandError, match="somebody else"):
        broker_command(f"unix://{tmp_path}/run/broker.sock", tmp_path / "data")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    os.chown(tmp_path / "run", 12345, 12345)
    with pytest.raises(CommandError, match="somebody else"):
        broker_command(f"unix://{tmp_path}/run/broker.sock", tmp_path / "data")


def test_waiting_for_a_broker_that_never_comes_ends(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not answer"):
        wait_for_broker(f"unix://{tmp_path}/none.sock", seconds=0.2)


def test_each_var_dir_has_a_socket_of_its_own_that_fits(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    first, second = embedded_socket(deep), embedded_socket(tmp_path)
    assert first != second
    assert embedded_socket(deep) == first
    assert len(str(first)) < 108
