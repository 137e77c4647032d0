"""Options and an own mask in the body of the compatibility endpoint."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from billing.models import Hold
from restoration import storage
from restoration.imaging import MAX_MASK_BYTES
from restoration.inference.options import CHOICES, SENTENCES, Options
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import encoded, jpeg
from tests.restoration.books import credits
from tests.restoration.calls import call, refusal

pytestmark = pytest.mark.django_db
Files = Callable[[], list[str]]
URL = "https://example.org/photo.jpg"
MASK = encoded(Image.new("L", (32, 24)), "PNG")
TEXT = base64.b64encode(MASK).decode()


def refused(owner: Owner, media: Files, **members: Any) -> dict[str, Any]:
    body = refusal(call(owner, {"imageUrl": URL, **members}), 400, "Invalid input")
    assert [model.objects.count() for model in (Restoration, Source, Hold)] == [0, 0, 0]
    assert (credits(owner), media()) == ((5, 0), [])
    return body


@pytest.mark.parametrize("members", [{}, {"options": None}, {"options": {}}])
def test_without_options_the_defaults_count(owner: Owner, members: dict[str, Any]) -> None:
    assert call(owner, {"imageUrl": URL, **members}).status_code == 202
    job = Restoration.objects.get()
    assert Options.parse(job.options) == Options()
    assert job.source.mask_key == ""


def test_options_are_kept_with_the_job_and_shown(owner: Owner) -> None:
    given = {"mode": "gentle", "upscale": 2, "output_format": "png"}
    job = call(owner, {"imageUrl": URL, "options": given}).json()["id"]
    shown = Client().get(f"/api/v1/restorations/{job}", **owner.auth).json()["options"]
    assert shown == Options().as_dict() | given


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("gentle", "must be a JSON object"),
        ([], "must be a JSON object"),
        (False, "must be a JSON object"),
        ({"mode": "wild"}, "gentle, standard, strong"),
        ({"upscale": "2"}, "1, 2, 4"),
        ({"upscale": 3}, "1, 2, 4"),
        ({"plugins": "face"}, "inpaint"),
        ({"colour": "auto"}, "Known options: mode"),
        ({"mode": {"$gt": ""}}, "gentle, standard, strong"),
    ],
)
def test_wrong_options_are_refused_and_cost_nothing(
    owner: Owner, media: Files, options: Any, said: str
) -> None:
    body = refused(owner, media, options=options, mask=TEXT)
    assert body["code"] == "invalid_options"
    assert said in body["detail"]


@pytest.mark.parametrize(
    "text",
    [TEXT, f"data:image/png;base64,{TEXT}", f"data:;base64,{TEXT}", base64.encodebytes(MASK).decode()],
    ids=["base64", "data URI", "no type", "lines"],
)
def test_a_mask_is_stored_with_the_photo(owner: Owner, media: Files, text: str) -> None:
    assert call(owner, {"imageUrl": URL, "mask": text}).status_code == 202
    source = Source.objects.get()
    assert media() == [f"{owner.account.public_id}/{source.public_id}/mask"]
    assert storage.read(source.mask_key) == MASK


def test_no_mask_is_no_mask(owner: Owner, media: Files) -> None:
    assert call(owner, {"imageUrl": URL, "mask": None}).status_code == 202
    assert media() == []


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (5, "base64 or data URI"),
        ({"url": URL}, "base64 or data URI"),
        ("?" * 40, "base64 or data URI"),
        ("maskę", "base64 or data URI"),
        (TEXT[:-1], "base64 or data URI"),
        ("", "at most 1 MiB"),
        ("data:image/png,abc", "at most 1 MiB"),
        (base64.b64encode(b"not a picture").decode(), "at most 1 MiB"),
        (base64.b64encode(jpeg(exactly=MAX_MASK_BYTES + 1)).decode(), "at most 1 MiB"),
    ],
)
def test_what_is_no_mask_is_refused_and_costs_nothing(
    owner: Owner, media: Files, mask: Any, said: str
) -> None:
    body = refused(owner, media, mask=mask)
    assert body["code"] == "invalid_mask"
    assert said in body["detail"]


def test_the_largest_mask_fits_into_the_body(owner: Owner, media: Files) -> None:
    largest = base64.encodebytes(jpeg(exactly=MAX_MASK_BYTES)).decode()
    reply = call(owner, {"imageUrl": URL, "mask": f"data:image/jpeg;base64,{largest}"})
    assert reply.status_code == 202
    assert len(storage.read(Source.objects.get().mask_key)) == MAX_MASK_BYTES


def test_a_mask_leaves_no_file_where_the_credits_are_spent(
    make_owner: Callable[..., Owner], media: Files
) -> None:
    poor = make_owner("poor@example.org", credits=0)
    refusal(call(poor, {"imageUrl": URL, "mask": TEXT}), 402, "Insufficient credits")
    assert (media(), Source.objects.count(), Restoration.objects.count()) == ([], 0, 0)


def test_the_reference_describes_every_option_as_the_engine_knows_it(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).json()["components"][
        "schemas"
    ]
    assert {"options", "mask"} <= schema["RestoreRequest"]["properties"].keys()
    described = schema["RestoreOptions"]["properties"]
    assert described.keys() == Options().as_dict().keys()
    for name, choices in CHOICES.items():
        field = described[name]
        reference = field["allOf"][0]["$ref"] if "allOf" in field else field.get("$ref", "")
        allowed = schema[reference.rpartition("/")[2]] if reference else field
        assert allowed["enum"] == list(choices)
        assert field["default"] == getattr(Options(), name)
        assert SENTENCES[name] in field["description"]
