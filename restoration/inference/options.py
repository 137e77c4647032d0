"""What a caller may ask of the engine. Imports no torch: the web process validates with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

OPTIONS_VERSION = 2

CHOICES: dict[str, tuple[Any, ...]] = {
    "mode": ("gentle", "standard", "strong"),
    "scratches": ("off", "auto", "on"),
    "color": ("off", "auto", "neutral"),
    "denoise": ("off", "auto", "on"),
    "enhance": ("off", "auto", "on"),
    "upscale": (1, 2, 4),
    "output_format": ("same", "jpeg", "png", "webp"),
}
PLUGINS = ("inpaint", "denoise", "colorize", "face", "upscale")

SENTENCES = {
    "mode": "How far the restoration goes: gentle changes the least, strong mends and cleans the most.",
    "scratches": "Whether scratches, cracks, spots and lost patches are mended; auto is wary on photos without age.",
    "color": "auto corrects fading and casts that were measured; neutral also turns sepia to plain grey.",
    "denoise": "Whether the repair network also cleans beside the damage; auto does as far as the photo shows age.",
    "enhance": "Whether a second network redraws fine detail; auto does where grain, marks or age are measured.",
    "upscale": "How many times wider and higher the result is.",
    "output_format": "The format of the result; same keeps the format of the photo.",
    "plugins": "Stages that an operator has installed weights for.",
}
"""One sentence an option, for people."""


class OptionsError(ValueError):
    """An option is unknown or out of range; the message is a sentence for people."""


@dataclass(frozen=True)
class Options:
    """
    mode:      gentle, standard or strong: how sure of damage the engine must be before it mends, and how much
               of the cleaning is taken over
    scratches: off     leave damage as it is; a mask that is given is mended all the same
               auto    mend the damage that is found; on a photo without a sign of age only what is all but certain
               on      mend it as on an old photo
    color:     off     leave tones and colours exactly as they are
               auto    correct a fading or a cast that was detected; keep monochrome free of colour
               neutral as auto, and turn a toned (sepia) monochrome photo to plain grey
    denoise:   off, auto (as far as signs of age were measured) or on: cleaning by the repair network
    enhance:   off     leave fine detail to the photo
               auto    clean by x4plus' rendering only when noise or age was measured
               on      clean always, as far as the measured noise reaches
    upscale:   1, 2 or 4 times the width and height
    output_format: same, jpeg, png or webp; for whoever writes the file, the engine returns pixels
    plugins:   kinds of plug-in stages to run
    """

    mode: str = "standard"
    scratches: str = "auto"
    color: str = "auto"
    denoise: str = "auto"
    enhance: str = "auto"
    upscale: int = 1
    output_format: str = "same"
    plugins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            # True would pass for 1, and 2.0 for 2.
            if type(value) is not type(choices[0]) or value not in choices:
                allowed = ", ".join(map(str, choices))
                raise OptionsError(f'"{name}" must be one of: {allowed}.')
        if not isinstance(self.plugins, list | tuple) or not set(map(str, self.plugins)) <= set(PLUGINS):
            raise OptionsError(f'"plugins" must be a list of: {", ".join(PLUGINS)}.')
        object.__setattr__(self, "plugins", tuple(self.plugins))

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Options from a JSON object. Raises OptionsError for an unknown name or value."""
        known = [*CHOICES, "plugins"]
        unknown = sorted(str(name) for name in values if name not in known)
        if unknown:
            raise OptionsError(f'Unknown option "{unknown[0]}". Known options: {", ".join(known)}.')
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """The normalised options, every one named, for storing beside a job."""
        return {**asdict(self), "plugins": list(self.plugins)}
