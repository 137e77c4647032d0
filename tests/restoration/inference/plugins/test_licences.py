"""Which licences let results be sold."""

import pytest

from restoration.inference.plugins.licences import commercial_ok
from restoration.inference.plugins.manifest import PluginError


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0"])
def test_known_free_licences_need_no_word(licence: str) -> None:
    assert commercial_ok(licence, stated=False)


@pytest.mark.parametrize(
    "licence", ["CC-BY-NC-4.0", "S-Lab License 1.0", "academic use only", "Noncommercial"]
)
def test_noncommercial_licences_cannot_be_talked_round(licence: str) -> None:
    assert not commercial_ok(licence, stated=False)
    with pytest.raises(PluginError, match="does not allow commercial use"):
        commercial_ok(licence, stated=True)


def test_for_other_licences_the_operator_answers() -> None:
    assert not commercial_ok("House licence", stated=False)
    assert commercial_ok("House licence", stated=True)
