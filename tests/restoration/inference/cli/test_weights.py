"""weights list, add and verify as an operator runs them."""

import json
from pathlib import Path

import pytest

from restoration.inference import weights
from restoration.inference.__main__ import main
from restoration.inference.plugins import registry
from tests.restoration.inference.plugins.networks import esrgan, needs_spandrel, saved
from tests.restoration.inference.plugins.test_registry import described


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Runs `weights`; gives status, standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["weights", *map(str, arguments), "--weights", str(tmp_path / "w")])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_list_names_the_engines_own_and_the_added(run, tmp_path: Path) -> None:
    registry.store(tmp_path / "w", described(b"weights"), b"weights")
    status, out, err = run("list")
    assert (status, err) == (0, "")
    assert "Real-ESRGAN x4plus" in out
    assert "Heirloom repair" in out
    assert "clean-1" in out
    status, out, _ = run("list", "--json")
    rows = {row["stage"]: row for row in json.loads(out)}
    assert set(rows) == {"cleaning", "repair", "denoise"}
    assert rows["denoise"]["licence"] == "Apache-2.0"
    assert rows["denoise"]["commercial_ok"] is True


def test_verify_is_content_with_good_weights(run, tmp_path: Path) -> None:
    weights.ensure(tmp_path / "w")
    registry.store(tmp_path / "w", described(b"weights"), b"weights")
    status, out, _ = run("verify", "--json")
    assert status == 0
    assert [row["problem"] for row in json.loads(out)] == ["", "", ""]


def test_verify_names_every_problem(run, tmp_path: Path) -> None:
    manifest = described(b"weights")
    registry.store(tmp_path / "w", manifest, b"weights")
    (tmp_path / "w" / registry.FOLDER / manifest.file).write_bytes(b"others")
    (tmp_path / "w" / registry.FOLDER / "torn.json").write_text("{")
    status, out, _ = run("verify")
    assert status == 1
    assert "realesrgan-x4plus.safetensors are missing" in out
    assert "clean-1: " in out
    assert "torn: " in out


def test_two_networks_for_a_stage_are_a_problem(run, tmp_path: Path) -> None:
    registry.store(tmp_path / "w", described(b"one"), b"one")
    registry.store(tmp_path / "x", described(b"two", name="clean-2"), b"two")
    other = tmp_path / "x" / registry.FOLDER / "clean-2.json"
    other.rename(tmp_path / "w" / registry.FOLDER / "clean-2.json")
    status, out, _ = run("list")
    assert status == 1
    assert "two networks" in out


@needs_spandrel
def test_add_takes_a_network_in(run, tmp_path: Path) -> None:
    file = saved(esrgan(), tmp_path / "RealESRGAN_tiny.pth")
    words = ("add", file, "--name", "tiny", "--stage", "upscale", "--licence", "BSD-3-Clause")
    status, _, err = run(*words)
    assert status == 1
    assert "--allow-pickle" in err
    status, out, _ = run(*words, "--allow-pickle", "--tile", "128", "--json")
    assert status == 0
    added = json.loads(out)
    assert (added["architecture"], added["limits"]["tile"]) == ("ESRGAN", 128)
    assert (tmp_path / "w" / registry.FOLDER / added["file"]).is_file()
    status, _, err = run(*words, "--allow-pickle")
    assert status == 1
    assert "--replace" in err


def test_add_refuses_a_noncommercial_licence(run, tmp_path: Path) -> None:
    words = ("add", tmp_path / "net.safetensors", "--name", "n", "--stage", "face", "--licence", "S-Lab 1.0")
    status, out, _ = run(*words, "--json")
    assert status == 1
    assert "--allow-noncommercial" in json.loads(out)["error"]
    status, _, err = run(*words, "--commercial-ok")
    assert status == 1
    assert "does not allow" in err


@pytest.mark.parametrize(
    "words", [(), ("remove",), ("add", "net.safetensors"), ("add", "n.pth", "--stage", "x")]
)
def test_a_command_that_is_not_right(run, words: tuple[str, ...]) -> None:
    status, _, err = run(*words)
    assert status == 2
    assert "usage:" in err


def test_help(run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert all(action in out for action in ("list", "add", "verify"))
