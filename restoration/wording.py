"""The options in plain words: for the form, and for what a job was asked to do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from restoration.inference.options import CHOICES, Options
from restoration.models import Restoration

LABELS = {
    "mode": gettext_lazy("Strength"),
    "scratches": gettext_lazy("Scratches and damage"),
    "color": gettext_lazy("Colours"),
    "denoise": gettext_lazy("Grain and dirt"),
    "enhance": gettext_lazy("Fine detail"),
    "upscale": gettext_lazy("Enlarge"),
    "output_format": gettext_lazy("File format"),
}
VALUES: dict[str, dict[Any, Any]] = {
    "mode": {
        "gentle": gettext_lazy("Gentle"),
        "standard": gettext_lazy("Standard"),
        "strong": gettext_lazy("Strong"),
    },
    "scratches": {
        "off": gettext_lazy("Leave as they are"),
        "auto": gettext_lazy("Find and mend"),
        "on": gettext_lazy("Mend all that is found"),
    },
    "color": {
        "off": gettext_lazy("Leave as they are"),
        "auto": gettext_lazy("Correct fading and casts"),
        "neutral": gettext_lazy("Also turn sepia to grey"),
    },
    "denoise": {
        "off": gettext_lazy("Leave as they are"),
        "auto": gettext_lazy("Clean as far as it has aged"),
        "on": gettext_lazy("Clean fully"),
    },
    "enhance": {
        "off": gettext_lazy("Leave as it is"),
        "auto": gettext_lazy("Redraw where it is worn"),
        "on": gettext_lazy("Redraw everywhere"),
    },
    "upscale": {
        1: gettext_lazy("Keep the size"),
        2: gettext_lazy("2 times wider and higher"),
        4: gettext_lazy("4 times wider and higher"),
    },
    "output_format": {
        "same": gettext_lazy("As the photo"),
        "jpeg": gettext_lazy("JPG"),
        "png": gettext_lazy("PNG"),
        "webp": gettext_lazy("WebP"),
    },
}
# The engine's last step back, which nobody can ask for.
LEAST = gettext_lazy("Least")


def choices(name: str) -> list[tuple[Any, Any]]:
    """What an option may be, as a form wants it."""
    return [(value, VALUES[name][value]) for value in CHOICES[name]]


def mode(name: str) -> str:
    """A mode that was asked for or used, in words."""
    return str(VALUES["mode"].get(name, LEAST))


def asked_for(job: Restoration) -> list[tuple[str, str]]:
    """Label and value of the mode a job was done in, and of every setting that is not the default."""
    default, said = Options(), []
    used, asked = job.report.get("mode"), job.options.get("mode", default.mode)
    if used or asked != default.mode:
        said.append((str(LABELS["mode"]), _strength(used or asked, asked)))
    for name in [name for name in LABELS if name != "mode"]:
        value = job.options.get(name, getattr(default, name))
        if value != getattr(default, name):
            said.append((str(LABELS[name]), str(VALUES[name].get(value, value))))
    if job.options.get("plugins"):
        said.append((_("Added steps"), ", ".join(job.options["plugins"])))
    if job.report.get("stages", {}).get("repair", {}).get("why") == "mask given":
        said.append((_("Damage mask"), _("Your own")))
    return said


def _strength(used: str, asked: str) -> str:
    if used == asked:
        return mode(used)
    return _("%(used)s; %(asked)s changed too much") % {"used": mode(used), "asked": mode(asked)}
