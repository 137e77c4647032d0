"""What a caller may ask of the engine. Imports no torch: the web process validates with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

OPTIONS_VERSION = 1

CHOICES: dict[str, tuple[str, ...]] = {
    "color": ("off", "auto", "neutral"),
    "enhance": ("off", "auto", "on"),
}


class OptionsError(ValueError):
    """An option is unknown or out of range; the message is a sentence for people."""


@dataclass(frozen=True)
class Options:
    """
    color:   off     leave tones and colours exactly as they are
             auto    correct a fading or a cast that was detected; keep monochrome free of colour
             neutral as auto, and turn a toned (sepia) monochrome photo to plain grey
    enhance: off     leave grain and compression marks as they are
             auto    clean only when noise was measured
             on      clean always, as far as the measured noise reaches
    """

    color: str = "auto"
    enhance: str = "auto"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                allowed = ", ".join(choices)
                raise OptionsError(f'"{name}" must be one of: {allowed}.')

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Options from a JSON object. Raises OptionsError for an unknown name or value."""
        unknown = sorted(str(name) for name in values if name not in CHOICES)
        if unknown:
            known = ", ".join(CHOICES)
            raise OptionsError(f'Unknown option "{unknown[0]}". Known options: {known}.')
        return cls(**values)

    def as_dict(self) -> dict[str, str]:
        """The normalised options, every one named, for storing beside a job."""
        return asdict(self)
