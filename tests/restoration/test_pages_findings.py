"""The sentences about what was done say what the engine's report says."""

import numpy as np
import pytest

from restoration.findings import REASONS, findings
from restoration.inference import analysis
from restoration.inference.options import Options
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


@pytest.mark.parametrize("enhance", ["off", "auto", "on"])
def test_every_reason_of_the_engine_has_a_sentence(enhance: str) -> None:
    reason = analysis.analyse(np.asarray(photo()), Options(enhance=enhance)).reason
    assert reason in REASONS


def test_the_engines_stages_have_names() -> None:
    assert Finishing.name in STAGES
