"""Restores photos: one to a file, or several into a folder."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from restoration import imaging
from restoration.inference import weights
from restoration.inference.cli.jobs import Job, UsageError, plan
from restoration.inference.engine import Engine
from restoration.inference.faithfulness import change_map, comparison
from restoration.inference.options import CHOICES, PLUGINS, SENTENCES, Options, OptionsError
from restoration.inference.output import asked_format, refuse_too_long

PROGRAM = "python -m restoration.inference"
HELP = """\
Photos are read as the service reads them: JPEG, PNG or WebP, at most 5 MiB, in a sandbox. Results never
overwrite a photo. The exit status is 0, 1 when a photo or the weights could not be used (the other photos
are done all the same), or 2 for a command that is not right.

"%(prog)s weights --help" is about weights and plug-ins."""
BAR = "{percentage:3.0f} % |{bar}| {desc} {elapsed}"
FAILURES = (
    OSError,
    imaging.ImageRefused,
    imaging.DecoderFailed,
    weights.WeightsError,
    OptionsError,
    UsageError,
)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(
        PROGRAM, description=__doc__, epilog=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("photos", type=Path, nargs="+", metavar="photo")
    command.add_argument("-o", "--output", type=Path, required=True, help="the restored photo, or a folder")
    command.add_argument("--report", type=Path, help="what was found and done as JSON: a file, or a folder")
    command.add_argument("--compare", type=Path, help="before and after side by side: a file, or a folder")
    command.add_argument("--changes", type=Path, help="a map of what was mended: a file, or a folder")
    command.add_argument(
        "--damage",
        type=Path,
        help="what was taken for damaged, to edit and give as --mask: a file, or a folder",
    )
    command.add_argument(
        "--mask",
        type=Path,
        help="own damage mask, white on black, in the photo's proportions; or a folder of them",
    )
    command.add_argument("--json", action="store_true", help="a line of JSON for every photo instead of text")
    command.add_argument("--quiet", action="store_true", help="no progress bar")
    command.add_argument("--weights", type=Path, default=Path("var/weights"), help="folder (%(default)s)")
    command.add_argument("--threads", type=int, default=2, help="of the processor (%(default)s)")
    settings = command.add_argument_group("options")
    for name, choices in CHOICES.items():
        settings.add_argument(
            f"--{name.replace('_', '-')}",
            choices=choices,
            type=type(choices[0]),
            default=getattr(Options(), name),
            help=f"{SENTENCES[name]} (%(default)s)",
        )
    settings.add_argument(
        "--plugin", choices=PLUGINS, action="append", default=[], dest="plugins", help=SENTENCES["plugins"]
    )
    settings.add_argument(
        "--allow-noncommercial", action="store_true", help="use plug-ins whose licence forbids sales, too"
    )
    return command


def main(arguments: list[str]) -> int:
    """Runs the command; returns the exit status."""
    command = parser()
    given = command.parse_args(arguments)
    try:
        options = Options.parse({name: getattr(given, name) for name in (*CHOICES, "plugins")})
        jobs = plan(
            given.photos,
            given.output,
            mask=given.mask,
            report=given.report,
            compare=given.compare,
            changes=given.changes,
            damage=given.damage,
            output_format=asked_format(options),
        )
    except (OptionsError, UsageError) as error:
        command.error(str(error))
    try:
        weights.ensure(given.weights)
        engine = Engine.load(
            given.weights, threads=given.threads, allow_noncommercial=given.allow_noncommercial
        )
    except weights.WeightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        return _restore_all(engine, jobs, options, given)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130


def _restore_all(engine: Engine, jobs: list[Job], options: Options, given: argparse.Namespace) -> int:
    """Restores one photo after the other; 1 when one of them failed."""
    failed = 0
    with tqdm(total=100 * len(jobs), bar_format=BAR, leave=False, disable=given.quiet) as bar:
        for number, job in enumerate(jobs):
            try:
                said = _restore(engine, job, options, Bar(bar, job, 100 * number))
            except FAILURES as error:
                failed += 1
                said = {"photo": str(job.photo), "ok": False, "error": _sentence(error)}
            bar.update(100 * (number + 1) - bar.n)
            _tell(said, as_json=given.json)
    return 1 if failed else 0


class Bar:
    """The part of the progress bar that belongs to one photo."""

    def __init__(self, bar: Any, job: Job, start: int) -> None:
        self._bar, self._name, self._start = bar, job.photo.name, start

    def __call__(self, stage: str, share: float) -> None:
        self._bar.set_description(f"{self._name}: {stage}", refresh=False)
        self._bar.update(self._start + round(100 * share) - self._bar.n)


def _restore(engine: Engine, job: Job, options: Options, show: Bar) -> dict[str, Any]:
    """Restores one photo and writes its files, each whole or not at all; what is to be told of it."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="heirloom-") as folder:
        photo = _decoded(job.photo, Path(folder))
        refuse_too_long(photo, options, job.format)
        mask = _mask(job.mask, photo, Path(folder)) if job.mask else None
        restored = engine.restore(photo.array(), options, mask=mask, progress=show)
        _write(job.output, imaging.encode(restored.image, job.format))
        if job.damage:
            _write(job.damage, imaging.encode(Image.fromarray(restored.damage), "png"))
        for target, draw in ((job.compare, comparison), (job.changes, change_map)):
            if target:
                _write(target, imaging.encode(draw(restored.evidence), "png"))
    report = restored.report | {"seconds": {name: round(took, 2) for name, took in restored.timings.items()}}
    if job.report:
        _write(job.report, (json.dumps(report, indent=2) + "\n").encode())
    seconds = round(time.perf_counter() - started, 2)
    return {
        "photo": str(job.photo),
        "ok": True,
        "output": str(job.output),
        "seconds": seconds,
        "report": report,
    }


def _decoded(path: Path, folder: Path) -> imaging.Decoded:
    with path.open("rb") as stream:
        return imaging.decode(stream.read(imaging.MAX_BYTES + 1), workdir=folder)


def _mask(path: Path, photo: imaging.Decoded, folder: Path) -> np.ndarray:
    """The damage mask at the photo's size, 255 = damaged; raises UsageError when it is not for this photo."""
    try:
        with path.open("rb") as stream:
            content = stream.read(imaging.MAX_MASK_BYTES + 1)
        return imaging.read_mask(content, photo, workdir=folder)
    except (OSError, imaging.MaskRefused) as error:
        raise UsageError(f"The mask {path} cannot be used: {_sentence(error)}") from error


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    weights.write_file(target, content)


def _tell(said: dict[str, Any], *, as_json: bool) -> None:
    """One line on standard output, or on standard error for a photo that failed; above the progress bar."""
    if as_json:
        tqdm.write(json.dumps(said), file=sys.stdout)
    elif said["ok"]:
        tqdm.write(f"{said['photo']}: {said['output']} ({said['seconds']} s)", file=sys.stdout)
    else:
        tqdm.write(f"{said['photo']}: {said['error']}", file=sys.stderr)


def _sentence(error: BaseException) -> str:
    if isinstance(error, imaging.ImageRefused | imaging.MaskRefused):
        return error.detail
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return str(error)
