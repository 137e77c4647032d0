"""What the engine found and did, in sentences, from the report that it leaves with a job."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from restoration.wording import mode

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
    options: dict[str, Any] = report.get("options", {})
    said = []
    if "finishing" in stages:
        said.append(_tones(bool(stages["finishing"].get("tones_corrected")), options.get("color", "auto")))
    if tone.get("monochrome"):
        said.append(_("It is a monochrome photo: no colour was added."))
    if "repair" in stages:
        said += _mended(stages["repair"], options.get("scratches", "auto"))
    if "cleaning" in stages:
        said.append(_cleaning(stages["cleaning"]))
    if stages.get("enlarging", {}).get("done"):
        said.append(_enlarged(stages["enlarging"]))
    return said


def _tones(corrected: bool, asked: str) -> str:
    if corrected:
        return _("Fading or a colour cast was found and corrected.")
    if asked == "off":
        return _("Tones and colours were left as they are, as asked for.")
    return _("Tones and colours were left as they are: no fading and no cast was found.")


def _mended(stage: dict[str, Any], asked: str) -> list[str]:
    if stage.get("why") == "mask given":
        return (
            [_("What your damage mask marks was mended from what lies around it.")] if stage["done"] else []
        )
    if asked == "off":
        return [_("Scratches and damage were left as they are, as asked for.")]
    return [_("Scratches and spots were mended from what lies around them.")] if stage.get("done") else []


def _enlarged(stage: dict[str, Any]) -> str:
    if stage["redrawn"]:
        said = _(
            "The photo was enlarged to %(factor)s times its width and height, and fine detail was redrawn."
        )
    else:
        said = _("The photo was enlarged to %(factor)s times its width and height; no detail was redrawn.")
    return said % {"factor": stage["factor"]}


def _cleaning(stage: dict[str, Any]) -> str:
    reason = REASONS.get(str(stage.get("why", "")))
    if reason is not None:
        return str(reason)
    return _("Grain and compression marks were cleaned.") if stage.get("done") else _("Nothing was cleaned.")


# Colours closer than this (CIEDE2000) are the same to an eye that does not see them side by side.
UNSEEN = 1.0


def faithfulness(report: dict[str, Any]) -> list[str]:
    """Sentences on how far the result stayed true to the photo; empty where that was not measured."""
    measured: dict[str, Any] | None = report.get("faithfulness")
    if not measured:
        return []
    said = _repaired(measured["repaired"], measured["invented"])
    if measured["colour"] is not None:
        said.append(_drifted(measured["colour"]["p95"]))
    if measured["structure"] is not None:
        said.append(
            _("Outside the repairs, %(kept)s %% of the structure was kept.")
            % {"kept": int(100 * measured["structure"])}
        )
    said.append(_faces(measured["faces"]))
    if report.get("fallbacks"):
        said.append(_gentler(report))
    if measured["breaches"]:
        said.append(_("This result still changed more than it should. Compare it closely before you use it."))
    return said


def _gentler(report: dict[str, Any]) -> str:
    asked, used = report["fallbacks"][0]["mode"], report["mode"]
    return _(
        "“%(asked)s” changed too much of this photo, so it was restored with a gentler strength: “%(used)s”."
    ) % {"asked": mode(asked), "used": mode(used)}


def _repaired(repaired: float, invented: float) -> list[str]:
    if not repaired:
        return [_("No part of the photo was repaired.")]
    said = [_("About %(share)s %% of the photo was repaired.") % {"share": _percent(repaired)}]
    if invented:
        said.append(
            _("About %(share)s %% of the photo was filled in where nothing was left of it.")
            % {"share": _percent(invented)}
        )
    return said


def _percent(share: float) -> str:
    return number_format(round(max(0.1, 100 * share), 1), 1)


def _drifted(p95: float) -> str:
    if p95 < UNSEEN:
        return _("Outside the repairs, colours stayed as they were.")
    return _(
        "Outside the repairs, colours moved by at most %(drift)s nearly everywhere; 1 is the least an eye sees."
    ) % {"drift": number_format(round(p95, 1), 1)}


def _faces(faces: dict[str, Any]) -> str:
    if not faces["looked_for"]:
        return _("Faces were not looked for.")
    count = len(faces["found"])
    if not count:
        return _("No face was found.")
    kept = [face["structure"] for face in faces["found"] if face["structure"] is not None]
    if not kept:
        return ngettext("%(count)s face was found.", "%(count)s faces were found.", count) % {"count": count}
    return ngettext(
        "%(count)s face was found; %(kept)s %% of its structure was kept.",
        "%(count)s faces were found; at least %(kept)s %% of their structure was kept.",
        count,
    ) % {"count": count, "kept": int(100 * min(kept))}
