"""Signed addresses: no login, the right headers, dead when tampered with, expired or deleted."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from restoration import runner, services, storage
from restoration.media import path_of
from restoration.models import Artifact, Restoration
from tests.pictures import encoded, photo
from tests.restoration.calls import download

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine", "media")]


@pytest.fixture
def output(submit: Callable[..., Restoration]) -> Artifact:
    job = submit(encoded(photo(50, 40), "PNG"))
    runner.run(job.pk)
    return job.artifacts.get(kind="output")


def test_the_address_serves_the_photo_to_anybody(output: Artifact) -> None:
    reply = download(path_of(output))
    assert reply.status_code == 200
    assert Image.open(BytesIO(reply.content)).size == (50, 40)
    assert reply["Content-Type"] == "image/png"
    assert reply["Content-Length"] == str(output.size) == str(len(reply.content))
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert re.fullmatch(r"private, max-age=\d{1,3}", reply["Cache-Control"])
    assert "Set-Cookie" not in reply


def test_head_tells_the_same_without_the_photo(output: Artifact) -> None:
    got, head = download(path_of(output)), download(path_of(output), "HEAD")
    assert head.content == b""
    assert {name: head[name] for name in ("Content-Type", "Content-Length")} == {
        name: got[name] for name in ("Content-Type", "Content-Length")
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(output: Artifact, method: str) -> None:
    assert download(path_of(output), method).status_code == 405


def test_the_name_of_the_saved_file_is_ours(output: Artifact) -> None:
    shown, saved = download(path_of(output)), download(path_of(output), download="1")
    name = r'filename="heirloom-\d{8}-\d{4}-[0-9a-z]{6}-restored\.png"'
    assert re.fullmatch("inline; " + name, shown["Content-Disposition"])
    assert re.fullmatch("attachment; " + name, saved["Content-Disposition"])


def tampered(path: str) -> dict[str, str]:
    return {
        "no signature": path.split("&s=")[0],
        "no query": path.split("?")[0],
        "another signature": path[:-1] + ("A" if path[-1] != "A" else "B"),
        "empty signature": path.split("&s=")[0] + "&s=",
        "signature not ASCII": path + "%C3%BC",
        "a later expiry": re.sub(r"e=(\d+)", lambda found: f"e={int(found[1]) + 1}", path),
        "no expiry": re.sub(r"e=\d+&", "", path),
        "another file": re.sub(r"art_.", "art_0" if "art_0" not in path else "art_1", path),
    }


@pytest.mark.parametrize("how", list(tampered("/media/art_x?e=1&s=A")))
def test_a_tampered_address_is_not_found(output: Artifact, how: str) -> None:
    assert download(tampered(path_of(output))[how]).status_code == 404


def test_an_address_ends_with_the_retention(output: Artifact) -> None:
    path = path_of(output)
    Artifact.objects.filter(pk=output.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert download(path).status_code == 404


def test_an_address_dies_with_deletion(output: Artifact, media: Callable[[], list[str]]) -> None:
    job = output.restoration
    services.delete(job=job)
    assert download(path_of(output)).status_code == 404
    assert media() == []
    job.refresh_from_db()
    assert (job.status, job.source.url) == ("succeeded", "")


def test_a_lost_file_is_not_found(output: Artifact) -> None:
    storage.delete(output.storage_key)
    assert download(path_of(output)).status_code == 404


def test_a_browser_may_not_keep_it_beyond_its_retention(output: Artifact) -> None:
    Artifact.objects.filter(pk=output.pk).update(expires_at=timezone.now() + timedelta(seconds=30))
    output.refresh_from_db()
    age = re.search(r"max-age=(\d+)", download(path_of(output))["Cache-Control"])
    assert age is not None
    assert int(age[1]) <= 30


def test_with_files_elsewhere_the_address_leads_there(output: Artifact, settings: Any) -> None:
    settings.MEDIA_REDIRECTS = True
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"base_url": "https://files.example.org/"},
        },
    }
    reply = Client().get(path_of(output))
    assert (reply.status_code, reply["Location"]) == (302, f"https://files.example.org/{output.storage_key}")
    assert Client().get(tampered(path_of(output))["another signature"]).status_code == 404


def test_in_production_addresses_use_the_public_host(output: Artifact, settings: Any, rf: Any) -> None:
    from restoration.media import url_of

    request = rf.get("/", headers={"host": "localhost"})
    assert url_of(output, request) == f"http://localhost{path_of(output)}"
    settings.PRODUCTION, settings.PUBLIC_URL = True, "https://heirloom.example"
    assert url_of(output, request) == f"https://heirloom.example{path_of(output)}"
