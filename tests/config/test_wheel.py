"""The wheel carries what is not Python: weights, data card, templates, styles; and no tests."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.config.environments import REPOSITORY


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from this tree by the project's own build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["restoration/weights", "restoration/samples", "restoration/static"])
def test_every_file_of_a_data_folder_is_in_it(contents: set[str], folder: str) -> None:
    files = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert files
    assert files <= contents


@pytest.mark.parametrize(
    "name",
    [
        "restoration/weights/repair.safetensors",
        "restoration/weights/repair.json",
        "restoration/training/data_card.json",
        "restoration/inference/plugins/stage.py",
        "config/settings.py",
        "config/templates/base.html",
        "core/static/heirloom/base.css",
    ],
)
def test_it_holds(contents: set[str], name: str) -> None:
    assert name in contents


def test_it_holds_neither_tests_nor_caches(contents: set[str]) -> None:
    stray = {name for name in contents if Path(name).parts[0] == "tests" or name.endswith(".pyc")}
    assert stray == set()
