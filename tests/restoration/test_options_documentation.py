"""Options are documented as the engine knows them: on the page for callers, and in the engine's own document."""

import json
from html import escape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from restoration.inference.options import CHOICES, PLUGINS, SENTENCES, Options
from tests.website import plain_static_files, text_of  # noqa: F401

ENGINE = Path(__file__).parents[2] / "platform" / "docs" / "engine.md"
DEFAULTS = Options().as_dict()


@pytest.mark.django_db
def test_the_page_lists_every_option(client: Client) -> None:
    page = client.get(reverse("restoration:docs"))
    rows = page.content.decode().split('<section id="options">')[1].split("</table>")[0].split("<tr>")[2:]
    assert len(rows) == len(DEFAULTS)
    for row, (name, default) in zip(rows, DEFAULTS.items(), strict=True):
        assert f"<code>{name}</code></th>" in row
        assert f"<code>{escape(json.dumps(default))}</code>" in row
        assert escape(SENTENCES[name]) in row
        for value in CHOICES.get(name, PLUGINS):
            assert escape(json.dumps(value)) in row
    assert "white where the photo is damaged" in text_of(page)


@pytest.mark.parametrize("name", [*CHOICES, "plugins"])
def test_the_document_names_values_default_and_sentence(name: str) -> None:
    section = ENGINE.read_text().split("\n## Options\n")[1].split("\n## ")[0]
    (row,) = [line for line in section.splitlines() if line.startswith(f"| `{name}` |")]
    values = ", ".join(f"`{value}`" for value in CHOICES.get(name, PLUGINS))
    assert f"{values} | " in row
    assert f"| `{DEFAULTS[name]}` |" in row or DEFAULTS[name] == []
    assert row.endswith(f"| {SENTENCES[name]} |")
