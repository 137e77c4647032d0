"""The settings of the restore page, and what the page of a job says of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from restoration import services, storage, wording
from restoration.forms import RestoreForm
from restoration.imaging import MAX_MASK_BYTES
from restoration.inference.options import CHOICES, Options
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import encoded, jpeg
from tests.restoration import jobs
from tests.restoration.books import credits
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db
Files = Callable[[], list[str]]
MASK = encoded(Image.new("L", (32, 24)), "PNG")


def send(client: Client, mask: bytes | None = None, **fields: Any) -> Any:
    fields["photo"] = SimpleUploadedFile("anna.jpg", jpeg(), "image/jpeg")
    if mask is not None:
        fields["mask"] = SimpleUploadedFile("mask.png", mask, "image/png")
    return client.post(reverse("restoration:submit"), fields)


def facts(client: Client, job: Restoration) -> dict[str, str]:
    """What the page of the job lists: label and value."""
    page = client.get(reverse("restoration:detail", args=[job.public_id]))
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.content.decode()))


@pytest.mark.parametrize("name", CHOICES)
def test_every_option_has_words_for_every_value(name: str) -> None:
    assert wording.LABELS[name]
    assert [value for value, words in wording.choices(name) if words] == list(CHOICES[name])


def test_the_defaults_are_chosen_and_the_settings_are_folded(signed_in: Client) -> None:
    html = signed_in.get(reverse("restoration:dashboard")).content.decode()
    assert '<details class="settings">' in html
    for name in CHOICES:
        value = getattr(Options(), name)
        assert f'<option value="{value}" selected>' in html.split(f'name="{name}"')[1].split("</select>")[0]


def test_a_form_without_settings_means_the_defaults(signed_in: Client, media: Files) -> None:
    send(signed_in)
    assert Options.parse(Restoration.objects.get().options) == Options()


def test_settings_and_mask_reach_the_job(signed_in: Client, media: Files) -> None:
    send(signed_in, MASK, mode="gentle", color="neutral", upscale="2", output_format="png")
    job = Restoration.objects.get()
    wanted = Options(mode="gentle", color="neutral", upscale=2, output_format="png")
    assert Options.parse(job.options) == wanted
    assert storage.read(job.source.mask_key) == MASK


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mode": "wild"}, "Select a valid choice"),
        ({"upscale": "3"}, "Select a valid choice"),
        ({"mask": b"not a picture"}, "damage mask must be a still PNG, JPG or WebP"),
        ({"mask": bytes(MAX_MASK_BYTES + 1)}, "at most 1 MB. Nothing was charged"),
    ],
    ids=["mode", "upscale", "mask", "large mask"],
)
def test_a_refusal_unfolds_the_settings(
    signed_in: Client, owner: Owner, media: Files, fields: dict[str, Any], said: str
) -> None:
    page = send(signed_in, **fields)
    assert 400 <= page.status_code < 500
    assert said in text_of(page)
    assert '<details class="settings" open>' in page.content.decode()
    assert [model.objects.count() for model in (Restoration, Source)] == [0, 0]
    assert (credits(owner), media()) == ((5, 0), [])


def test_chosen_settings_stay_chosen_when_the_photo_is_refused() -> None:
    form = RestoreForm({"mode": "strong", "url": "https://example.org/a.jpg"}, {})
    assert not form.is_plain
    assert RestoreForm({"mode": "standard", "url": "https://example.org/a.jpg"}, {}).is_plain


def test_a_job_says_what_differs_from_the_defaults(signed_in: Client, owner: Owner, media: Files) -> None:
    send(signed_in, upscale="2", output_format="webp")
    job = Restoration.objects.get()
    services.cancel(job=job)
    shown = facts(signed_in, job)
    assert (shown["Enlarge"], shown["File format"]) == ("2 times wider and higher", "WebP")
    assert not {"Strength", "Colours", "Grain and dirt", "Fine detail", "Damage mask"} & shown.keys()


def test_a_plain_job_names_the_mode_it_was_done_in(signed_in: Client, owner: Owner, media: Files) -> None:
    job = jobs.succeeded(owner, report=jobs.REPORT | {"mode": "standard", "fallbacks": []})
    assert facts(signed_in, job)["Strength"] == "Standard"


def test_a_fall_back_names_both_modes(signed_in: Client, owner: Owner, media: Files) -> None:
    report = jobs.REPORT | {"mode": "least", "fallbacks": [{"mode": "standard"}, {"mode": "gentle"}]}
    job = jobs.succeeded(owner, report=report)
    assert facts(signed_in, job)["Strength"] == "Least; Standard changed too much"


def test_an_own_mask_is_named(signed_in: Client, owner: Owner, media: Files) -> None:
    report = {"stages": {"repair": {"done": True, "why": "mask given"}}}
    assert facts(signed_in, jobs.succeeded(owner, report=report))["Damage mask"] == "Your own"


def test_a_job_from_before_the_options_is_shown(signed_in: Client, owner: Owner, media: Files) -> None:
    job = jobs.succeeded(owner)
    Restoration.objects.filter(pk=job.pk).update(options={"color": "vivid", "old": 1})
    assert facts(signed_in, job)["Colours"] == "vivid"
