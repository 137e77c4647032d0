"""The repository's `platform/` folder hides nothing of the standard library's module of that name."""

import platform
from pathlib import Path

from tests.config.environments import REPOSITORY, python


def test_platform_is_no_package() -> None:
    assert not (REPOSITORY / "platform" / "__init__.py").exists()


def test_the_standard_librarys_platform_is_found_from_the_repository_root(tmp_path: Path) -> None:
    done = python(
        "-c", "import platform; print(platform.__file__, platform.system())", environment={}, var_dir=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout.startswith(str(REPOSITORY / "platform"))
    assert done.stdout.split()[-1] == platform.system()
