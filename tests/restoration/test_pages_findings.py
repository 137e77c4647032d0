"""The sentences about what was done say what the engine's report says."""

import numpy as np
import pytest

from restoration.findings import REASONS, findings
from restoration.inference import analysis
from restoration.inference.colour_head import ColourHead
from restoration.inference.enlarging import Enlarging
from restoration.inference.options import Options
from restoration.inference.repair import Repairing
from restoration.inference.stages import Finishing
from restoration.presentation import STAGES
from tests.pictures import photo


def test_no_report_no_claims() -> None:
    assert findings({}) == []


@pytest.mark.parametrize("corrected", [True, False])
def test_tones(corrected: bool) -> None:
    (said,) = findings({"stages": {"finishing": {"tones_corrected": corrected}}})
    assert ("corrected" in said) is corrected
    assert ("left as they are" in said) is not corrected


def test_monochrome_is_said() -> None:
    assert "no colour was added" in " ".join(findings({"found": {"tone": {"monochrome": True}}}))


def test_an_unknown_reason_still_says_what_happened() -> None:
    assert findings({"stages": {"cleaning": {"done": True, "why": "x"}}}) == [
        "Grain and compression marks were cleaned."
    ]
    assert findings({"stages": {"cleaning": {"done": False, "why": "x"}}}) == ["Nothing was cleaned."]


def test_what_was_switched_off_is_not_said_to_be_absent() -> None:
    off = {"color": "off", "scratches": "off"}
    stages = {"finishing": {"tones_corrected": False}, "repair": {"done": True, "why": "looked for damage"}}
    assert findings({"options": off, "stages": stages}) == [
        "Tones and colours were left as they are, as asked for.",
        "Scratches and damage were left as they are, as asked for.",
    ]


def test_a_mask_that_was_given_is_named() -> None:
    (said,) = findings({"stages": {"repair": {"done": True, "why": "mask given"}}})
    assert "your damage mask marks was mended" in said
    assert findings({"stages": {"repair": {"done": False, "why": "mask given"}}}) == []


@pytest.mark.parametrize(("redrawn", "words"), [(True, "was redrawn"), (False, "no detail was redrawn")])
def test_enlarging_is_said_with_its_factor(redrawn: bool, words: str) -> None:
    (said,) = findings({"stages": {"enlarging": {"done": True, "factor": 2, "redrawn": redrawn}}})
    assert "to 2 times its width and height" in said
    assert words in said


@pytest.mark.parametrize("enhance", ["off", "auto", "on"])
def test_every_reason_of_the_engine_has_a_sentence(enhance: str) -> None:
    reason = analysis.analyse(np.asarray(photo()), Options(enhance=enhance), ColourHead()).reason
    assert reason in REASONS


def test_the_engines_stages_have_names() -> None:
    assert {Repairing.name, Finishing.name, Enlarging.name} <= set(STAGES)
