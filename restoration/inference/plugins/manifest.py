"""What is known of one plug-in: a JSON file beside its weights."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from restoration.inference.options import PLUGINS
from restoration.inference.weights import WeightsError

VERSION = 1
# In the order in which they run: mend before cleaning, colours and faces at the photo's own size.
STAGES = PLUGINS
DTYPES = ("float32", "bfloat16")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\.safetensors")
SHA256 = re.compile(r"[0-9a-f]{64}")


class PluginError(WeightsError):
    """A plug-in cannot be added or used; the message says which and what to do."""


@dataclass(frozen=True)
class Limits:
    """
    scale:    side of the result over that of the picture
    tile:     largest side handed to the network at once, pixels
    max_side: longest side of a picture that the stage accepts, pixels
    """

    scale: int
    tile: int
    max_side: int


@dataclass(frozen=True)
class Manifest:
    """
    architecture:           as spandrel names it
    file, sha256:           the weights, beside the manifest
    licence:                SPDX identifier or the licence's name
    commercial_ok:          results may be sold
    dtypes:                 number formats in which a trial gave finite results
    seconds_per_megapixel:  measured in that trial; the progress bar lives on it
    source:                 where the operator has the file from
    converted_from:         sha256 of the pickle that it was converted from, or empty
    """

    name: str
    stage: str
    architecture: str
    file: str
    sha256: str
    licence: str
    commercial_ok: bool
    limits: Limits
    dtypes: tuple[str, ...]
    seconds_per_megapixel: float
    source: str = ""
    converted_from: str = ""

    def __post_init__(self) -> None:
        problems = [
            (not NAME.fullmatch(self.name), f'name "{self.name}": small letters, digits, "-" and "_" only'),
            (self.stage not in STAGES, f'stage "{self.stage}": must be one of {", ".join(STAGES)}'),
            (not FILE.fullmatch(self.file), f'file "{self.file}": must be a plain name in .safetensors'),
            (not SHA256.fullmatch(self.sha256), "sha256: must be 64 hexadecimal digits"),
            (not self.licence.strip(), "licence: must be named"),
            (not self.dtypes or not set(self.dtypes) <= set(DTYPES), f"dtypes: some of {', '.join(DTYPES)}"),
            (not 1 <= self.limits.scale <= 8, "limits.scale: must be 1 to 8"),
            (not 64 <= self.limits.tile <= 4096, "limits.tile: must be 64 to 4096"),
            (not 64 <= self.limits.max_side <= 65536, "limits.max_side: must be 64 to 65536"),
        ]
        found = [text for wrong, text in problems if wrong]
        if found:
            raise PluginError(f"The plug-in is not described rightly. {found[0]}.")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The manifest in `path`; raises PluginError naming the file."""
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if values.pop("version") != VERSION:
                raise PluginError(f"Its version is not {VERSION}: add the plug-in anew.")
            values["limits"] = Limits(**{name: int(value) for name, value in values["limits"].items()})
            values["dtypes"] = tuple(values["dtypes"])
            if values["commercial_ok"] not in (True, False):
                raise ValueError("commercial_ok must be true or false")
            return cls(**values)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, PluginError) as error:
            raise PluginError(f"The manifest {path} cannot be used: {error}") from error

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"version": VERSION, **asdict(self), "dtypes": list(self.dtypes)}
