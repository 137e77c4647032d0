"""Every template: nothing that the strict policy would block, and no word that gettext does not see."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(path for path in Path(settings.TEMPLATE_DIR).rglob("*.html"))
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "inline style": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "event attribute": re.compile(r"\son[a-z]+=", re.IGNORECASE),
    "evaluated attribute": re.compile(r"\shx-on|javascript:|\shx-vals=.js:"),
    "foreign origin": re.compile(r"(?:src|href)=\"(?:https?:)?//"),
}
# Names and notation, the same in every language.
UNTRANSLATED = re.compile(
    r"\b(?:Heirloom|POST|GET|HTTP|JSON|application/json|imageUrl|output|message|X-[\w-]+|RateLimit\S*|"
    r"Retry-After|api/api-call/photo-restore|Remaining|Reset|\d+)\b|utf-8"
)
TRANSLATED = re.compile(
    r"{% block body_class %}\w*{% endblock %}|"
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%.*?%}|{{.*?}}|{#.*?#}",
    re.DOTALL,
)
SPOKEN = re.compile(
    r"\b(?:aria-label|alt|title|placeholder|data-label|data-taken|data-copied|data-busy|content)=\"([^\"]*)\""
)


def name(path: Path) -> str:
    return str(path.relative_to(settings.TEMPLATE_DIR))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_that_the_policy_blocks(path: Path) -> None:
    text = path.read_text()
    assert [kind for kind, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def words(text: str) -> list[str]:
    """What is left to read when template tags, notation and markup are taken away."""
    return re.findall(r"[A-Za-z]{2,}", UNTRANSLATED.sub(" ", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_word_goes_through_gettext(path: Path) -> None:
    text = TRANSLATED.sub(" ", path.read_text())
    visible = re.sub(r"<[^>]*>", " ", text)
    spoken = [value for value in SPOKEN.findall(text) if "width=device-width" not in value]
    assert words(visible) + [word for value in spoken for word in words(value)] in ([], ["light", "dark"])


def test_the_check_finds_what_it_looks_for() -> None:
    assert words("<p>".replace("<p>", "") + "Hello you") == ["Hello", "you"]
    assert FORBIDDEN["inline script"].search("<script>alert(1)</script>")
    assert not FORBIDDEN["inline script"].search('<script src="/a.js" defer></script>')
    assert FORBIDDEN["inline style"].search('<p style="color:red">')
