"""Pages that anybody may read: landing, documentation, reference and schema."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from accounts.throttling import KeyThrottle
from core.problems import COMPATIBLE_MESSAGES
from restoration.advice import ADVICE, MEANINGS
from restoration.documentation import EXAMPLE_HOST, SECTIONS, examples
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


def test_landing_has_price_deletion_and_comparison(client: Client) -> None:
    page = client.get("/")
    shown, html = text_of(page), page.content.decode()
    assert "1 credit a photo" in shown
    assert "10 credits cost $5.00" in shown
    assert "originals after 24 hours, results after 30 days" in shown
    assert f"Restore {configured.TRIAL_CREDITS} photos free" in shown
    assert 'type="range"' in html
    assert 'type="file"' in html
    assert html.index("landing-after.jpg") < html.index("landing-before.jpg")


def test_documentation_has_every_section(client: Client) -> None:
    html = client.get(reverse("restoration:docs")).content.decode()
    for anchor, title in SECTIONS:
        assert f'<section id="{anchor}"><h2>{title}</h2>' in html
        assert f'href="#{anchor}"' in html


def test_documentation_names_every_error_and_its_cure(client: Client) -> None:
    html = client.get(reverse("restoration:docs")).content.decode()
    for status in (400, 401, 402, 429, 500):
        assert html.count(COMPATIBLE_MESSAGES[status]) >= 2  # in the table and under troubleshooting
        assert ADVICE[status]
        assert MEANINGS[status]


def test_documentation_states_limits_and_support(client: Client) -> None:
    shown = text_of(client.get(reverse("restoration:docs")))
    assert f"{KeyThrottle.limit} requests per 60 minutes and API key" in shown
    assert "fixed window" in shown
    assert "refused requests count too" in shown
    assert "at most 25 megapixels and 8192 on a side; at least 16 on each side" in shown
    assert "at most 5 MB (5 × 1,048,576 bytes)" in shown
    assert configured.SUPPORT_EMAIL in shown


def test_examples_name_this_host(client: Client) -> None:
    html = client.get(reverse("restoration:docs"), headers={"host": "127.0.0.1:8123"}).content.decode()
    assert "http://127.0.0.1:8123/api/api-call/photo-restore" in html
    assert EXAMPLE_HOST not in html
    assert [example["name"] for example in examples("x")] == ["curl", "javascript", "python"]


@pytest.mark.parametrize("path", ["/", "/docs/", "/api/docs/", "/accounts/login/"])
def test_the_policy_is_strict(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert "unsafe" not in policy


def test_reference_runs_without_inline_script(client: Client) -> None:
    html = client.get("/api/docs/").content.decode()
    assert re.findall(r"<script(?![^>]*src=)", html) == []
    script = client.get(re.findall(r'<script src="(/api/docs/[^"]*)"', html)[0].replace("&amp;", "&"))
    assert script["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()


def test_schema_describes_the_endpoint(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).json()
    operation = schema["paths"]["/api/api-call/photo-restore"]["post"]
    assert set(operation["responses"]) >= {"200", "400", "401", "402", "429", "500"}


@pytest.mark.parametrize("name", ["restoration:landing", "account_email_verification_sent"])
def test_production_shows_nothing_of_development(client: Client, settings: Any, name: str) -> None:
    address = reverse(name)
    assert "Development" in text_of(client.get(address))
    settings.PRODUCTION, settings.PUBLIC_URL = True, "https://photos.example"
    page = client.get(address)
    assert page.status_code == 200
    assert "evelopment" not in text_of(page)
    assert reverse("dev-mail") not in page.content.decode()
