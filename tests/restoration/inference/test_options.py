"""Options: what is allowed, and what people are told about the rest."""

from typing import Any

import pytest

from restoration.inference.options import CHOICES, SENTENCES, Options, OptionsError


def test_nothing_given_means_the_defaults() -> None:
    assert Options.parse({}).as_dict() == {
        "mode": "standard",
        "scratches": "auto",
        "color": "auto",
        "denoise": "auto",
        "enhance": "auto",
        "upscale": 1,
        "output_format": "same",
        "plugins": [],
    }


def test_every_choice_is_kept() -> None:
    given = Options.parse({"mode": "gentle", "color": "neutral", "upscale": 2, "plugins": ["face"]})
    assert given == Options(mode="gentle", color="neutral", upscale=2, plugins=("face",))
    assert Options.parse(given.as_dict()) == given


@pytest.mark.parametrize(
    "values",
    [
        {"color": "sepia"},
        {"enhance": True},
        {"color": None},
        {"color": ["auto"]},
        {"mode": "wild"},
        {"upscale": 3},
        {"upscale": True},
        {"upscale": 2.0},
        {"upscale": "2"},
        {"output_format": "gif"},
    ],
)
def test_a_wrong_value_names_the_option_and_the_choices(values: dict[str, Any]) -> None:
    ((name, _),) = values.items()
    first, second = CHOICES[name][:2]
    with pytest.raises(OptionsError, match=f'"{name}" must be one of: {first}, {second}'):
        Options.parse(values)


@pytest.mark.parametrize("plugins", ["face", ["gfpgan"], [1], 3])
def test_unknown_plugins_are_refused(plugins: Any) -> None:
    with pytest.raises(OptionsError, match='"plugins" must be a list of: inpaint'):
        Options.parse({"plugins": plugins})


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(OptionsError, match=r'Unknown option "colour"\.'):
        Options.parse({"colour": "auto"})


def test_every_option_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Options().as_dict())
