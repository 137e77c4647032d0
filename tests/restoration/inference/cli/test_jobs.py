"""Where results go, and what they must never overwrite."""

from pathlib import Path

import pytest

from restoration.inference.cli.jobs import UsageError, plan


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three photos, two of the same name."""
    for name in ("a.jpg", "b.PNG", "more/a.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def test_one_photo_goes_to_the_file_that_was_named(album: Path) -> None:
    (job,) = plan([album / "a.jpg"], album / "new.webp", report=album / "r.json", compare=album / "c.png")
    assert (job.output, job.format) == (album / "new.webp", "webp")
    assert (job.report, job.compare) == (album / "r.json", album / "c.png")


def test_one_photo_goes_into_a_folder_under_its_name(album: Path) -> None:
    (job,) = plan([album / "a.jpg"], album / "more" / "..", output_format="png")
    assert job.output.resolve() == album / "a.png"
    (job,) = plan([album / "a.jpg"], album / "new")
    assert job.output == album / "new" / "a.jpg"


def test_several_photos_go_into_folders(album: Path) -> None:
    jobs = plan(
        [album / "a.jpg", album / "b.PNG"],
        album / "out",
        report=album / "r",
        compare=album / "c",
        changes=album / "d",
        damage=album / "m",
    )
    assert [job.output.name for job in jobs] == ["a.jpg", "b.png"]
    assert [job.format for job in jobs] == ["jpeg", "png"]
    assert [job.report for job in jobs] == [album / "r" / "a.json", album / "r" / "b.json"]
    assert [job.changes for job in jobs] == [album / "d" / "a-changes.png", album / "d" / "b-changes.png"]
    assert [job.damage for job in jobs] == [album / "m" / "a.png", album / "m" / "b.png"]
    assert [job.compare for job in jobs] == [album / "c" / "a-compared.png", album / "c" / "b-compared.png"]


def test_masks_of_a_folder_are_found_by_name(album: Path) -> None:
    masks = album / "masks"
    masks.mkdir()
    (masks / "b.png").touch()
    jobs = plan([album / "a.jpg", album / "b.PNG"], album / "out", mask=masks)
    assert [job.mask for job in jobs] == [None, masks / "b.png"]


def test_one_mask_is_for_one_photo(album: Path) -> None:
    mask = album / "mask.png"
    assert plan([album / "a.jpg"], album / "new.png", mask=mask)[0].mask == mask
    with pytest.raises(UsageError, match="one mask for several"):
        plan([album / "a.jpg", album / "b.PNG"], album / "out", mask=mask)


@pytest.mark.parametrize("kind", ["output", "report", "compare", "changes", "damage"])
def test_a_photo_is_never_overwritten(album: Path, kind: str) -> None:
    for target in (album / "b.PNG", album / "more" / ".." / "b.PNG"):
        places = {"output": album / "new.png"} | {kind: target}
        with pytest.raises(UsageError, match="never overwrite"):
            plan([album / "b.PNG"], **places)  # type: ignore[arg-type]


def test_links_to_a_photo_are_the_photo(album: Path) -> None:
    (album / "soft.jpg").symlink_to(album / "a.jpg")
    (album / "hard.jpg").hardlink_to(album / "a.jpg")
    for name in ("soft.jpg", "hard.jpg"):
        with pytest.raises(UsageError, match="never overwrite"):
            plan([album / "a.jpg"], album / name)


def test_another_photo_and_a_mask_are_never_overwritten(album: Path) -> None:
    with pytest.raises(UsageError, match="never overwrite"):
        plan([album / "a.jpg", album / "more" / "b.png"], album / "more")
    with pytest.raises(UsageError, match="never overwrite"):
        plan([album / "a.jpg"], album / "b.PNG", mask=album / "b.PNG")


def test_results_do_not_overwrite_each_other(album: Path) -> None:
    with pytest.raises(UsageError, match="Two results"):
        plan([album / "a.jpg", album / "more" / "a.jpg"], album / "out")
    with pytest.raises(UsageError, match="Two results"):
        plan([album / "a.jpg"], album / "new.png", compare=album / "new.png")


def test_a_file_is_no_place_for_several(album: Path) -> None:
    (album / "old.png").touch()
    with pytest.raises(UsageError, match="need a folder"):
        plan([album / "a.jpg", album / "b.PNG"], album / "old.png")


def test_the_name_says_the_format(album: Path) -> None:
    with pytest.raises(UsageError, match="must end in"):
        plan([album / "a.jpg"], album / "new.tiff")
    with pytest.raises(UsageError, match="webp is asked for"):
        plan([album / "a.jpg"], album / "new.png", output_format="webp")
