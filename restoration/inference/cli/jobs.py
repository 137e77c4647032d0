"""Which file goes where: settled before the first photo is touched, so that nothing is overwritten by surprise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from restoration.imaging import SUFFIXES, Format

FORMATS: dict[str, Format] = {suffix: name for name, suffix in SUFFIXES.items()} | {".jpeg": "jpeg"}


class UsageError(ValueError):
    """The command cannot be meant like this; the message is a sentence for people."""


@dataclass(frozen=True)
class Job:
    """One photo and the files that belong to it."""

    photo: Path
    output: Path
    format: Format
    mask: Path | None = None
    report: Path | None = None
    compare: Path | None = None
    changes: Path | None = None
    damage: Path | None = None

    @property
    def results(self) -> list[Path]:
        """All files that are written."""
        return [path for path in (self.output, self.report, self.compare, self.changes, self.damage) if path]


def plan(
    photos: list[Path],
    output: Path,
    *,
    mask: Path | None = None,
    report: Path | None = None,
    compare: Path | None = None,
    changes: Path | None = None,
    damage: Path | None = None,
    output_format: Format | None = None,
) -> list[Job]:
    """
    A job a photo. For one photo the paths are files or folders (those without an ending, too), for several
    they are folders, in which files are named after the photo; of a folder of masks only those that are there
    count. Without `output_format`, the format goes by the output's name, or by the photo's in a folder.

    Raises UsageError when a result would overwrite a photo, a mask or another result, or cannot be written
    in the format that its name asks for.
    """
    several = len(photos) > 1
    jobs = []
    for photo in photos:
        suffix = SUFFIXES[output_format or FORMATS.get(photo.suffix.lower(), "png")]
        target = _within(output, photo, suffix, several)
        jobs.append(
            Job(
                photo,
                target,
                _format(target, output_format),
                _mask(mask, photo, several),
                report and _within(report, photo, ".json", several),
                compare and _within(compare, photo, "-compared.png", several),
                changes and _within(changes, photo, "-changes.png", several),
                damage and _within(damage, photo, ".png", several),
            )
        )
    _check(jobs)
    return jobs


def _within(given: Path, photo: Path, ending: str, several: bool) -> Path:
    if given.is_file() and several:
        raise UsageError(f"{given} is a file: several photos need a folder.")
    folder = several or given.is_dir() or not given.suffix
    return given / f"{photo.stem}{ending}" if folder else given


def _mask(given: Path | None, photo: Path, several: bool) -> Path | None:
    if given is None:
        return None
    if given.is_dir():
        inside = given / f"{photo.stem}.png"
        return inside if inside.exists() else None
    if several:
        raise UsageError(
            f"{given} is one mask for several photos: give a folder with a mask named after each."
        )
    return given


def _format(target: Path, asked: Format | None) -> Format:
    found = FORMATS.get(target.suffix.lower())
    if found is None:
        raise UsageError(f"{target} must end in {', '.join(FORMATS)}.")
    if asked and asked != found:
        raise UsageError(f"{target} does not end in {SUFFIXES[asked]}, though {asked} is asked for.")
    return found


def _check(jobs: list[Job]) -> None:
    sources = [path for job in jobs for path in (job.photo, job.mask) if path]
    known = {path.resolve() for path in sources}
    taken: set[Path] = set()
    for job in jobs:
        for target in job.results:
            place = target.resolve()
            # A hard link is the same photo under another name.
            if place in known or (place.exists() and any(_same(place, source) for source in sources)):
                raise UsageError(f"{target} is a source: results never overwrite what they are made from.")
            if place in taken:
                raise UsageError(f"Two results would be called {target}: give folders of their own.")
            taken.add(place)


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)
