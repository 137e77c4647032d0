"""The 200 of the compatibility endpoint: a URL that serves the photo, or a data URI on request."""

import base64
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from restoration import api_compatible
from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.pictures import PictureServer, encoded, jpeg, photo
from tests.restoration.books import credits
from tests.restoration.calls import call, call_and_wait, download

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine", "media")]
# Annex K of the JPEG standard at quality 95: the first quantisers of both tables.
QUALITY_95 = {0: [2, 1, 1, 2, 2, 4, 5, 6], 1: [2, 2, 2, 5, 10, 10, 10, 10]}


def data_uri(reply: Any) -> tuple[str, bytes]:
    found = re.fullmatch(r"data:([a-z/]+);base64,([A-Za-z0-9+/]+=*)", reply.json()["output"])
    assert found is not None
    return found[1], base64.b64decode(found[2], validate=True)


def test_a_url_is_the_only_member_of_the_reply(owner: Owner, pictures: PictureServer) -> None:
    reply = call_and_wait(owner, {"imageUrl": pictures.serve("/a.jpg", jpeg())})
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/json"
    assert re.fullmatch(
        rb'\{"output":"http://testserver/media/art_[0-9a-z]{26}\?e=\d+&s=[\w-]+"\}', reply.content
    )
    job = Restoration.objects.get()
    assert (reply["X-Credits-Charged"], reply["X-Credits-Remaining"]) == ("1", "4")
    assert reply["X-Job-Id"] == job.public_id
    assert credits(owner) == (4, 0)


@pytest.mark.parametrize(
    ("format_name", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
@pytest.mark.parametrize("where", ["query", "body"])
def test_a_data_uri_decodes_to_the_inputs_format_and_size(
    owner: Owner, pictures: PictureServer, format_name: str, mime: str, where: str
) -> None:
    body = {"imageUrl": pictures.serve("/a", encoded(photo(90, 40), format_name))}
    query = "?output=base64" if where == "query" else ""
    reply = call_and_wait(owner, body if query else body | {"output": "base64"}, query=query)
    assert list(reply.json()) == ["output"]
    told, content = data_uri(reply)
    picture = Image.open(BytesIO(content))
    assert (told, picture.format, picture.size) == (mime, format_name, (90, 40))


def test_the_query_wins_over_the_body(owner: Owner, pictures: PictureServer) -> None:
    body = {"imageUrl": pictures.serve("/a.jpg", jpeg()), "output": "base64"}
    assert call_and_wait(owner, body, query="?output=url").json()["output"].startswith("http://")


def test_a_jpeg_has_quality_95(owner: Owner, pictures: PictureServer) -> None:
    reply = call_and_wait(owner, {"imageUrl": pictures.serve("/a.jpg", jpeg())}, query="?output=base64")
    tables = Image.open(BytesIO(data_uri(reply)[1])).quantization
    assert {number: list(table[:8]) for number, table in tables.items()} == QUALITY_95


def test_the_url_serves_what_the_data_uri_holds(owner: Owner, pictures: PictureServer) -> None:
    accepted = call_and_wait(owner, {"imageUrl": pictures.serve("/a.jpg", jpeg())})
    job = Restoration.objects.get()
    again = Client().get(f"/api/api-call/photo-restore/{job.public_id}?output=base64", **owner.auth)
    assert download(accepted.json()["output"]).content == data_uri(again)[1]
    assert credits(owner) == (4, 0)


def test_a_data_uri_may_have_10_mib(
    owner: Owner, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api_compatible.MAX_DATA_URI == 10 * 1024 * 1024
    call_and_wait(owner, {"imageUrl": pictures.serve("/a.jpg", jpeg())})
    output = Artifact.objects.get(kind="output")
    path = f"/api/api-call/photo-restore/{output.restoration.public_id}?output=base64"
    length = len(Client().get(path, **owner.auth).json()["output"])
    monkeypatch.setattr(api_compatible, "MAX_DATA_URI", length)
    assert Client().get(path, **owner.auth).json()["output"].startswith("data:")
    monkeypatch.setattr(api_compatible, "MAX_DATA_URI", length - 1)
    assert Client().get(path, **owner.auth).json()["output"].startswith("http")


def test_the_reply_is_held_for_58_seconds_and_says_where_the_job_is(
    owner: Owner, pictures: PictureServer, settings: Any
) -> None:
    settings.RESTORATION_HOLD_S = 58.0
    accepted = call(owner, {"imageUrl": pictures.serve("/a.jpg", jpeg())})
    job = Restoration.objects.get().public_id
    assert accepted.status_code == 202
    assert accepted["Location"] == f"/api/v1/restorations/{job}"
    assert accepted["X-Heirloom-Hold"] == f"{job} /api/api-call/photo-restore/{job}?output=url 58.0"
