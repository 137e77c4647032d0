"""The restore form: a file or an address becomes a job; what is refused is said at the form and costs nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from restoration.imaging import MAX_BYTES
from restoration.models import Restoration
from tests.conftest import Owner
from tests.pictures import jpeg
from tests.restoration.books import credits
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def send(client: Client, content: bytes | None = None, **fields: Any) -> Any:
    if content is not None:
        fields["photo"] = SimpleUploadedFile("anna.jpg", content, "image/jpeg")
    return client.post(reverse("restoration:submit"), fields)


def test_an_upload_becomes_a_job_with_a_credit_held(signed_in: Client, owner: Owner) -> None:
    reply = send(signed_in, jpeg())
    job = Restoration.objects.get()
    assert reply["Location"] == reverse("restoration:detail", args=[job.public_id])
    assert (job.account, job.origin, job.status) == (owner.account, "web", "queued")
    assert job.source.size == len(jpeg())
    assert credits(owner) == (4, 1)


def test_an_address_becomes_a_job(signed_in: Client, owner: Owner, pictures: Any) -> None:
    url = pictures.serve("/anna.jpg", jpeg())
    assert send(signed_in, url=url).status_code == 302
    assert Restoration.objects.get().source.url == url


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "one of the two"),
        ({"content": jpeg(), "url": "https://example.org/a.jpg"}, "one of the two"),
        ({"content": b"no picture at all"}, "must be a JPG, PNG or WebP photo"),
        ({"content": b"\xff\xd8\xff" + bytes(MAX_BYTES)}, "at most 5 MB are accepted"),
        ({"url": "ftp://example.org/a.jpg"}, "http"),
        ({"url": "http://127.0.0.1/a.jpg"}, "Nothing was charged"),
    ],
    ids=["nothing", "both", "no photo", "too large", "scheme", "private"],
)
def test_a_refusal_is_said_at_the_form(
    signed_in: Client, owner: Owner, fields: dict[str, Any], said: str
) -> None:
    page = send(signed_in, **fields)
    assert 400 <= page.status_code < 500
    assert said in text_of(page)
    assert "Nothing was charged" in text_of(page)
    assert not Restoration.objects.exists()
    assert credits(owner) == (5, 0)


def test_the_address_stays_in_the_form(signed_in: Client) -> None:
    page = send(signed_in, url="ftp://example.org/anna.jpg")
    assert 'value="ftp://example.org/anna.jpg"' in page.content.decode()


def test_without_credits_nothing_is_queued(client: Client, make_owner: Any) -> None:
    poor = make_owner("poor@example.org", credits=0)
    client.force_login(poor.user, "allauth.account.auth_backends.AuthenticationBackend")
    page = send(client, jpeg())
    assert page.status_code == 402
    assert "you have 0" in text_of(page)
    assert not Restoration.objects.exists()


def test_a_form_from_another_site_is_refused(owner: Owner) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner.user, "allauth.account.auth_backends.AuthenticationBackend")
    page = send(strict, jpeg())
    assert page.status_code == 403
    assert "This form has expired" in text_of(page)
    assert not Restoration.objects.exists()
