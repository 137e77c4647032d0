"""Options: what is allowed, and what people are told about the rest."""

import pytest

from restoration.inference.options import Options, OptionsError


def test_nothing_given_means_auto() -> None:
    assert Options.parse({}).as_dict() == {"color": "auto", "enhance": "auto"}


def test_every_choice_is_kept() -> None:
    assert Options.parse({"color": "neutral", "enhance": "off"}) == Options("neutral", "off")


@pytest.mark.parametrize(
    "values", [{"color": "sepia"}, {"enhance": True}, {"color": None}, {"color": ["auto"]}]
)
def test_a_wrong_value_names_the_option_and_the_choices(values: dict[str, object]) -> None:
    (name,) = values
    with pytest.raises(OptionsError, match=f'"{name}" must be one of: off, auto'):
        Options.parse(values)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(OptionsError, match=r'Unknown option "colour"\.'):
        Options.parse({"colour": "auto"})
