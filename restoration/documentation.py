"""The API documentation page. Its limits come from the code that keeps them, its examples from files that run."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.throttling import WINDOW_S, KeyThrottle
from core.addresses import base_url
from core.problems import COMPATIBLE_MESSAGES
from restoration.advice import ADVICE, MEANINGS
from restoration.api_request import MASK_SENTENCE
from restoration.imaging import MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE
from restoration.inference.options import CHOICES, PLUGINS, SENTENCES, Options

# Stands in the files where the reader's own host belongs.
EXAMPLE_HOST = "https://heirloom.example"
EXAMPLES = (
    ("curl", _("cURL"), "restore.sh"),
    ("javascript", _("JavaScript / Node.js"), "restore.mjs"),
    ("python", _("Python"), "restore.py.txt"),
)
SECTIONS = (
    ("endpoint", _("Endpoint")),
    ("authentication", _("Authentication")),
    ("request", _("Request")),
    ("options", _("Options")),
    ("responses", _("Responses")),
    ("errors", _("Errors")),
    ("rate-limits", _("Rate limits")),
    ("examples", _("Code examples")),
    ("images", _("Image requirements")),
    ("processing", _("Processing time")),
    ("credits", _("Credits")),
    ("practices", _("Best practices")),
    ("troubleshooting", _("Troubleshooting")),
    ("support", _("Support")),
)


@cache
def _example(name: str) -> str:
    return (settings.TEMPLATE_DIR / "docs" / "examples" / name).read_text().strip()


def examples(here: str) -> list[dict[str, Any]]:
    """The code examples with this host filled in: name, label, code."""
    return [
        {"name": name, "label": label, "code": _example(file).replace(EXAMPLE_HOST, here)}
        for name, label, file in EXAMPLES
    ]


def option_rows() -> list[tuple[str, str, str, str]]:
    """Name, allowed values, default and sentence of every option, the values as JSON writes them."""
    defaults = Options().as_dict()
    rows = [
        (name, ", ".join(map(json.dumps, choices)), json.dumps(defaults[name]), SENTENCES[name])
        for name, choices in CHOICES.items()
    ]
    plugins = f"list of {', '.join(map(json.dumps, PLUGINS))}"
    return [*rows, ("plugins", plugins, json.dumps(defaults["plugins"]), SENTENCES["plugins"])]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Everything a caller of the compatibility endpoint needs, on one page."""
    here = base_url(request)
    messages = COMPATIBLE_MESSAGES
    context = {
        "base_url": here,
        "sections": SECTIONS,
        "examples": examples(here),
        "request_body": '{"imageUrl": "https://example.com/old-photo.jpg"}',
        "options": option_rows(),
        "mask_sentence": MASK_SENTENCE,
        "request_options": (
            '{\n  "imageUrl": "https://example.com/old-photo.jpg",\n'
            '  "options": {"mode": "gentle", "output_format": "png"}\n}'
        ),
        "response_url": f'{{"output": "{here}/media/art_7q…?e=…&s=…"}}',
        "response_data": '{"output": "data:image/jpeg;base64,/9j/4AAQ…"}',
        "response_error": (
            '{\n  "message": "Invalid input",\n  "code": "unsupported_format",\n  "detail": "The file must be a '
            'JPG, PNG or WebP photo by its content, whatever its name says.",\n  "request_id": "req_4f…"\n}'
        ),
        "errors": [(status, messages[status], meaning) for status, meaning in MEANINGS.items()],
        "troubles": [(status, messages[status], advice) for status, advice in ADVICE.items()],
        "max_mb": MAX_BYTES // 1024**2,
        "max_megapixels": MAX_PIXELS // 1_000_000,
        "max_side": MAX_SIDE,
        "min_side": MIN_SIDE,
        "limit": KeyThrottle.limit,
        "window_minutes": WINDOW_S // 60,
        "trial": settings.TRIAL_CREDITS,
    }
    return render(request, "docs/index.html", context)
