"""Every bad body gets 400 "Invalid input" at once, with a detail that helps; nothing is held or stored."""

import json
from typing import Any

import pytest
from django.test import Client

from billing.models import Hold
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import PictureServer, jpeg
from tests.restoration.books import credits
from tests.restoration.calls import ENDPOINT, call, refusal

pytestmark = pytest.mark.django_db
URL = "https://example.org/photo.jpg"

BODIES: dict[str, tuple[Any, str]] = {
    "no body": (b"", "imageUrl"),
    "not JSON": (b"imageUrl=https://example.org/a.jpg", "JSON"),
    "half of it": (b'{"imageUrl": "https://exam', "JSON"),
    "not UTF-8": ('{"imageUrl": "https://example.org/ü.jpg"}'.encode("latin-1"), "UTF-8"),
    "NaN": (b'{"imageUrl": NaN}', "JSON"),
    "nested too deep": (b"[" * 20_000, "JSON"),
    "too long": (json.dumps({"imageUrl": URL, "x": "y" * 70_000}).encode(), "64 KiB"),
    "array": ([URL], "JSON object"),
    "null": (None, "JSON object"),
    "number": (5, "JSON object"),
    "string": (URL, "JSON object"),
    "missing": ({}, "imageUrl"),
    "another name": ({"imageurl": URL}, "imageUrl"),
    "empty": ({"imageUrl": ""}, "imageUrl"),
    "null url": ({"imageUrl": None}, "imageUrl"),
    "number url": ({"imageUrl": 1}, "imageUrl"),
    "true url": ({"imageUrl": True}, "imageUrl"),
    "list url": ({"imageUrl": [URL]}, "imageUrl"),
    "object url": ({"imageUrl": {"url": URL}}, "imageUrl"),
    "bad output": ({"imageUrl": URL, "output": "file"}, "output"),
    "null output": ({"imageUrl": URL, "output": None}, "output"),
    "list output": ({"imageUrl": URL, "output": ["url"]}, "output"),
}
ADDRESSES = [
    "photo.jpg",
    "//example.org/a.jpg",
    "file:///etc/passwd",
    "ftp://example.org/a.jpg",
    "gopher://example.org/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "http:///a.jpg",
    "http://localhost/a.jpg",
    "http://127.0.0.1/a.jpg",
    "http://[::1]/a.jpg",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/",
    "http://intranet/a.jpg",
    "http://example.org:22/a.jpg",
    "http://example.org:0/a.jpg",
    "http://example.org:99999/a.jpg",
    "http://example.org:/a.jpg",
    "https://user:secret@example.org/a.jpg",
    "https://example.org\\@127.0.0.1/",
    " https://example.org/a.jpg",
    "https://example.org/a\r\nHost: x",
    "https://example.org/" + "a" * 2100,
]


def nothing_happened(owner: Owner) -> bool:
    rows = Restoration.objects.exists() or Source.objects.exists() or Hold.objects.exists()
    return not rows and credits(owner) == (5, 0)


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(owner: Owner, name: str) -> None:
    body, hint = BODIES[name]
    assert hint in refusal(call(owner, body), 400, "Invalid input")["detail"]
    assert nothing_happened(owner)


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_bad_address_is_refused(owner: Owner, url: str) -> None:
    body = refusal(call(owner, {"imageUrl": url}), 400, "Invalid input")
    assert body["code"] in ("invalid_url", "image_unreachable")
    assert "secret" not in body["detail"]
    assert nothing_happened(owner)


@pytest.mark.parametrize(
    "mime",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/xml",
    ],
)
def test_another_content_type_is_refused(owner: Owner, mime: str) -> None:
    headers = {**owner.auth, "CONTENT_TYPE": mime}
    reply = Client().generic("POST", ENDPOINT, json.dumps({"imageUrl": URL}), **headers)
    refusal(reply, 400, "Invalid input")
    assert nothing_happened(owner)


def test_a_bad_query_is_refused(owner: Owner) -> None:
    assert (
        "output"
        in refusal(call(owner, {"imageUrl": URL}, query="?output=pdf"), 400, "Invalid input")["detail"]
    )
    assert nothing_happened(owner)


@pytest.mark.parametrize("mime", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_spelling_is_accepted(owner: Owner, mime: str) -> None:
    headers = {**owner.auth, "CONTENT_TYPE": mime}
    reply = Client().generic("POST", ENDPOINT, json.dumps({"imageUrl": URL}), **headers)
    assert reply.status_code == 202


def test_unknown_members_are_ignored(owner: Owner, pictures: PictureServer) -> None:
    url = pictures.serve("/known.jpg", jpeg())
    body = {"imageUrl": url, "scale": 4, "webhook": {"url": "x"}, "options": None, "": []}
    assert call(owner, body).status_code == 202
    job = Restoration.objects.get()
    assert (job.source.url, job.origin, job.api_key) == (url, "api", owner.key_row)
    assert credits(owner) == (4, 1)


def test_a_byte_order_mark_is_no_obstacle(owner: Owner) -> None:
    assert call(owner, b"\xef\xbb\xbf" + json.dumps({"imageUrl": URL}).encode()).status_code == 202


def test_the_body_may_be_large_only_in_what_is_read(owner: Owner) -> None:
    longest = json.dumps({"imageUrl": URL, "x": ""})
    body = json.dumps({"imageUrl": URL, "x": "y" * (64 * 1024 - len(longest))}).encode()
    assert len(body) == 64 * 1024
    assert call(owner, body).status_code == 202
