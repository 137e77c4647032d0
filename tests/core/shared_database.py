"""A migrated database for processes that a test starts: SQLite's test database lives in the memory of one process."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.databases import own_database

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def shared_database() -> Iterator[dict[str, str]]:
    """Environment of processes that work on a new, migrated database, on the server that the suite runs on."""
    if on_server := own_database():
        environment = _environment(**on_server)
        _migrate(environment)
        yield environment
        return
    with tempfile.TemporaryDirectory(prefix="heirloom-db-") as folder:
        path = Path(folder) / "db.sqlite3"
        shutil.copy(_migrated_file(), path)
        yield _environment(DATABASE_URL=f"sqlite:///{path}")


def run(arguments: list[str], environment: dict[str, str]) -> str:
    """Run Python in the repository and return what it printed; AssertionError with its errors when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def _environment(**more: str) -> dict[str, str]:
    base = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(REPOSITORY / "platform")}
    return {**os.environ, **base, **more}


def _migrate(environment: dict[str, str]) -> None:
    run(["manage.py", "migrate", "--verbosity", "0"], environment)


@cache
def _migrated_file() -> Path:
    path = Path(os.environ["VAR_DIR"]) / "migrated.sqlite3"
    _migrate(_environment(DATABASE_URL=f"sqlite:///{path}"))
    return path
