"""The command as a person runs it: exit status, files, and what is said where."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from restoration.inference import weights
from restoration.inference.__main__ import main
from tests.pictures import encoded, jpeg, photo
from tests.restoration.inference.plugins.additions import installed
from tests.restoration.inference.plugins.networks import esrgan, needs_spandrel


@pytest.fixture
def run(weights_folder: Path, capsys: pytest.CaptureFixture[str]):
    """Runs the command; gives status, standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main(["--weights", str(weights_folder), *map(str, arguments)])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def old_photo(tmp_path: Path) -> Path:
    path = tmp_path / "old.jpg"
    path.write_bytes(jpeg(96, 64))
    return path


def test_one_photo_with_report_and_comparison(run, tmp_path: Path, old_photo: Path) -> None:
    before = old_photo.read_bytes()
    output, report, compare = tmp_path / "new.png", tmp_path / "new.json", tmp_path / "both.png"
    status, out, _ = run(old_photo, "-o", output, "--report", report, "--compare", compare)
    assert status == 0
    assert out.startswith(f"{old_photo}: {output} (")
    with Image.open(output) as restored, Image.open(compare) as both:
        assert (restored.format, restored.size) == ("PNG", (96, 64))
        assert both.width > 2 * 96
        assert np.array_equal(np.asarray(both)[:, -96:], np.asarray(restored))
    assert json.loads(report.read_text())["faithfulness"]
    assert json.loads(report.read_text())["size"] == [96, 64]
    assert old_photo.read_bytes() == before


def test_an_own_mask_says_what_is_mended(run, tmp_path: Path, old_photo: Path) -> None:
    mask, output, changes = tmp_path / "mask.png", tmp_path / "new.png", tmp_path / "changes.png"
    marked = np.zeros((64, 96), np.uint8)
    marked[10:20, 30:40] = 255
    Image.fromarray(marked).save(mask)
    words = ("--mask", mask, "--changes", changes, "--color", "off", "--denoise", "off", "--enhance", "off")
    status, out, _ = run(old_photo, "-o", output, *words, "--json")
    assert status == 0
    assert json.loads(out)["report"]["stages"]["repair"]["why"] == "mask given"
    with Image.open(changes) as shown:
        coloured = np.ptp(np.asarray(shown).astype(int), axis=2) > 30
    assert coloured[12:18, 32:38].all()
    assert not coloured[30:].any()
    with Image.open(old_photo) as before, Image.open(output) as after:
        assert np.array_equal(np.asarray(after)[30:], np.asarray(before)[30:])


def test_the_found_mask_can_be_written_and_given_again(run, tmp_path: Path, old_photo: Path) -> None:
    damage, first, again = tmp_path / "damage.png", tmp_path / "first.png", tmp_path / "again.png"
    assert run(old_photo, "-o", first, "--damage", damage, "--quiet")[0] == 0
    with Image.open(damage) as mask:
        assert (mask.size, mask.mode) == ((96, 64), "L")
        assert set(np.unique(np.asarray(mask))) <= {0, 255}
    assert run(old_photo, "-o", again, "--mask", damage, "--quiet")[0] == 0


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (np.zeros((32, 96), np.uint8), "96 x 32 pixels, the photo 96 x 64"),
        (np.full((64, 96), 255, np.uint8), "white all over"),
        (None, "mask.png cannot be used: No such file"),
    ],
)
def test_a_mask_that_cannot_be_meant_is_refused(
    run, tmp_path: Path, old_photo: Path, mask: np.ndarray | None, said: str
) -> None:
    path = tmp_path / "mask.png"
    if mask is not None:
        Image.fromarray(mask).save(path)
    status, _, err = run(old_photo, "-o", tmp_path / "new.png", "--mask", path)
    assert status == 1
    assert said in err
    assert not (tmp_path / "new.png").exists()


def test_options_are_those_of_the_api(run, tmp_path: Path, old_photo: Path) -> None:
    words = ("--mode", "gentle", "--upscale", "2", "--output-format", "webp", "--plugin", "face")
    status, out, _ = run(old_photo, "-o", tmp_path / "new", *words, "--json")
    assert status == 0
    told = json.loads(out)
    assert told["output"].endswith("old.webp")
    assert (told["report"]["options"]["mode"], told["report"]["options"]["upscale"]) == ("gentle", 2)
    assert told["report"]["stages"]["plugin_face"] == {"done": False, "why": "no weights installed"}
    with Image.open(told["output"]) as restored:
        assert (restored.format, restored.size) == ("WEBP", (192, 128))


@needs_spandrel
def test_a_noncommercial_plugin_is_used_only_where_it_is_allowed(
    tmp_path: Path, run, old_photo: Path
) -> None:
    folder = tmp_path / "weights"
    weights.ensure(folder)
    installed(folder, "upscale", esrgan(scale=2), "CC-BY-NC-4.0", allow_noncommercial=True)
    words = (old_photo, "-o", tmp_path / "new.png", "--plugin", "upscale", "--json", "--weights", folder)
    refused = json.loads(run(*words)[1])["report"]["stages"]["plugin_upscale"]
    assert not refused["done"]
    assert "CC-BY-NC-4.0" in refused["why"]
    used = json.loads(run(*words, "--allow-noncommercial")[1])["report"]["stages"]["plugin_upscale"]
    assert (used["done"], used["licence"], used["size"]) == (True, "CC-BY-NC-4.0", [192, 128])
    with Image.open(tmp_path / "new.png") as restored:
        assert restored.size == (192, 128)


def test_several_photos_go_on_after_a_bad_one(run, tmp_path: Path, old_photo: Path) -> None:
    bad, gone = tmp_path / "bad.jpg", tmp_path / "gone.jpg"
    bad.write_bytes(old_photo.read_bytes()[:400])
    other = tmp_path / "other.webp"
    other.write_bytes(encoded(photo(48, 64, seed=2), "WEBP"))
    folder = tmp_path / "restored"
    status, out, err = run(bad, old_photo, gone, other, "-o", folder)
    assert status == 1
    assert sorted(path.name for path in folder.iterdir()) == ["old.jpg", "other.webp"]
    assert len(out.splitlines()) == 2
    assert f"{bad}: The file is damaged or incomplete" in err
    assert f"{gone}: No such file" in err


def test_what_a_webp_cannot_hold_is_refused_and_the_others_go_on(
    run, tmp_path: Path, old_photo: Path
) -> None:
    long, folder = tmp_path / "long.png", tmp_path / "restored"
    long.write_bytes(encoded(Image.new("RGB", (4200, 20), "grey"), "PNG"))
    words = ("--upscale", "4", "--output-format", "webp")
    status, _, err = run(long, old_photo, "-o", folder, *words)
    assert status == 1
    assert f"{long}: The result would be 16800 pixels long; a webp file can have 16383 at most." in err
    assert [path.name for path in folder.iterdir()] == ["old.webp"]


def test_photos_are_read_as_the_service_reads_them(run, tmp_path: Path) -> None:
    turned = photo(96, 64)
    exif = turned.getexif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    path.write_bytes(encoded(turned, quality=90, exif=exif))
    assert run(path, "-o", tmp_path / "new.png")[0] == 0
    with Image.open(tmp_path / "new.png") as restored:
        assert restored.size == (64, 96)
    film = tmp_path / "film.png"
    film.write_bytes(encoded(photo(), "PNG", save_all=True, append_images=[photo(seed=2)]))
    status, _, err = run(film, "-o", tmp_path / "still.png")
    assert status == 1
    assert "single still photo" in err


def test_json_is_a_line_for_every_photo_and_nothing_else(run, tmp_path: Path, old_photo: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")
    status, out, _ = run(old_photo, bad, "-o", tmp_path / "restored", "--json", "--color", "off")
    good, failed = (json.loads(line) for line in out.splitlines())
    assert status == 1
    assert (good["photo"], good["ok"]) == (str(old_photo), True)
    assert good["report"]["options"]["color"] == "off"
    assert (failed["photo"], failed["ok"]) == (str(bad), False)
    assert "JPG, PNG or WebP" in failed["error"]


def test_a_bar_on_standard_error_shows_photo_and_stage(run, tmp_path: Path, old_photo: Path) -> None:
    _, _, err = run(old_photo, "-o", tmp_path / "new.png")
    assert "old.jpg: " in err
    assert "%" in err
    assert run(old_photo, "-o", tmp_path / "again.png", "--quiet")[2] == ""


def test_a_command_that_is_not_right_restores_nothing(run, tmp_path: Path, old_photo: Path) -> None:
    before = old_photo.read_bytes()
    for arguments in ([old_photo, "-o", old_photo], [old_photo], [old_photo, "-o", tmp_path / "new.gif"]):
        status, _, err = run(*arguments)
        assert status == 2
        assert "usage:" in err
    assert [path.name for path in tmp_path.iterdir()] == ["old.jpg"]
    assert old_photo.read_bytes() == before


def test_a_result_that_cannot_be_written_is_a_failure(run, tmp_path: Path, old_photo: Path) -> None:
    (tmp_path / "file").touch()
    status, _, err = run(old_photo, "-o", tmp_path / "file" / "new.png")
    assert status == 1
    assert str(old_photo) in err


def test_altered_weights_restore_nothing(tmp_path: Path, old_photo: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "realesrgan-x4plus.safetensors").write_bytes(b"other")
    command = [sys.executable, "-m", "restoration.inference", old_photo, "-o", tmp_path / "new.png"]
    done = subprocess.run([*command, "--weights", folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "sha256" in done.stderr
    assert not (tmp_path / "new.png").exists()


def test_help_names_both_commands(run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert "weights --help" in out
