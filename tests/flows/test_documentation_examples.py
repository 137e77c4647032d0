"""The examples of the documentation page, copied as a reader would copy them, run against a running instance."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.instance import Instance
from tests.pictures import jpeg

# What a reader replaces: the address of the photo.
PLACEHOLDER = "https://example.com/old-photo.jpg"
RUNNERS = {
    "curl": (["bash", "-c"], "curl"),
    "javascript": (["node", "--input-type=module", "--eval"], "node"),
    "python": ([sys.executable, "-c"], sys.executable),
}


def example(instance: Instance, name: str) -> str:
    """The code as it stands on the page."""
    page = instance.call("GET", "/docs/").body.decode()
    found = re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def run(name: str, code: str, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command, program = RUNNERS[name]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run(
        [*command, code],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HEIRLOOM_KEY": key, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", RUNNERS)
def test_an_example_restores_a_photo(instance: Instance, name: str, tmp_path: Path) -> None:
    key = instance.new_key(credits=1)
    photo = instance.pictures.serve(f"/example-{name}.jpg", jpeg(200, 150, seed=9))
    code = example(instance, name)
    assert PLACEHOLDER in code
    done = run(name, code.replace(PLACEHOLDER, photo), key, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{instance.url}/media/art_" in done.stdout
    assert instance.credits(key) == {"available": 0, "held": 0, "debt": 0}
    if name != "curl":
        assert (tmp_path / "restored.jpg").read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("name", RUNNERS)
def test_an_example_reports_a_refusal(instance: Instance, name: str, tmp_path: Path) -> None:
    done = run(name, example(instance, name), "hl_live_wrong", tmp_path)
    assert done.returncode != 0
    assert "Invalid or expired API key" in done.stdout + done.stderr
    assert not (tmp_path / "restored.jpg").exists()
