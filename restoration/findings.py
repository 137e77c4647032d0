"""What the engine found and did, in sentences, from the report that it leaves with a job."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The engine's own words for why it cleaned or not.
REASONS = {
    "grain was measured": gettext_lazy("Grain was measured and cleaned."),
    "compression marks were measured": gettext_lazy("Compression marks were measured and cleaned."),
    "the photo has aged": gettext_lazy("The photo has aged, so grain and marks were cleaned."),
    "asked for": gettext_lazy("Grain and compression marks were cleaned, as asked for."),
    "switched off": gettext_lazy("Grain and compression marks were left as they are, as asked for."),
    "neither grain, compression marks nor age were measured": gettext_lazy(
        "Nothing was cleaned: neither grain nor compression marks were measured."
    ),
}


def findings(report: dict[str, Any]) -> list[str]:
    """Sentences for a reader; empty where the job left no report."""
    stages: dict[str, dict[str, Any]] = report.get("stages", {})
    tone: dict[str, Any] = report.get("found", {}).get("tone", {})
    said = []
    if "finishing" in stages:
        said.append(_tones(bool(stages["finishing"].get("tones_corrected"))))
    if tone.get("monochrome"):
        said.append(_("It is a monochrome photo: no colour was added."))
    if "repair" in stages and stages["repair"].get("done"):
        said.append(_("Scratches and spots were mended from what lies around them."))
    if "cleaning" in stages:
        said.append(_cleaning(stages["cleaning"]))
    return said


def _tones(corrected: bool) -> str:
    if corrected:
        return _("Fading or a colour cast was found and corrected.")
    return _("Tones and colours were left as they are: no fading and no cast was found.")


def _cleaning(stage: dict[str, Any]) -> str:
    reason = REASONS.get(str(stage.get("why", "")))
    if reason is not None:
        return str(reason)
    return _("Grain and compression marks were cleaned.") if stage.get("done") else _("Nothing was cleaned.")
