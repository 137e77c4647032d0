"""The page of one restoration in each of its states, and what its buttons do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.restoration import jobs
from tests.restoration.books import credits
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def page(client: Client, job: Restoration, name: str = "detail") -> str:
    return client.get(reverse(f"restoration:{name}", args=[job.public_id])).content.decode()


def test_waiting_shows_place_and_cost(signed_in: Client, owner: Owner) -> None:
    first, second = jobs.queued(owner), jobs.queued(owner)
    shown = text_of(signed_in.get(reverse("restoration:detail", args=[second.public_id])))
    assert "Your photo is waiting" in shown
    assert "Place in line2" in shown.replace(" 2", "2")
    assert "1 credit held" in shown
    assert "Place in line1" in text_of(signed_in.get(reverse("restoration:detail", args=[first.public_id])))


def test_running_names_the_stage_and_goes_on_asking(signed_in: Client, owner: Owner) -> None:
    job = jobs.processing(owner)
    for name in ("detail", "status"):
        shown = page(signed_in, job, name)
        assert "Fetching the photo" in shown
        assert 'hx-trigger="every 2s"' in shown
        assert shown.count('class="is-done"') == 4  # half of seven, rounded
    assert 'http-equiv="refresh"' in page(signed_in, job)


@pytest.mark.parametrize("make", [jobs.failed, jobs.succeeded])
def test_an_ended_job_asks_no_more(signed_in: Client, owner: Owner, make: object) -> None:
    job = make(owner)  # type: ignore[operator]
    for name in ("detail", "status"):
        assert "hx-trigger" not in page(signed_in, job, name)
    assert 'http-equiv="refresh"' not in page(signed_in, job)
    status = signed_in.get(reverse("restoration:status", args=[job.public_id]))
    assert status["HX-Retarget"] == "#job"  # the end replaces the Cancel button too


def test_the_result_lies_beside_the_original(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    shown = page(signed_in, job)
    for kind in (Artifact.Kind.OUTPUT, Artifact.Kind.PREVIEW):
        assert f'src="/media/{job.artifacts.get(kind=kind).public_id}' in shown
    assert "JPEG, 64 × 48 pixels" in shown
    assert "&amp;download=1" in shown
    assert "Fading or a colour cast was found and corrected." in shown
    assert f"{timezone.now() + timedelta(days=30):%Y}" in shown


def test_a_failure_says_why_and_that_nothing_was_charged(signed_in: Client, owner: Owner) -> None:
    shown = page(signed_in, jobs.failed(owner))
    assert "The file is damaged." in shown
    assert "Nothing was charged." in shown
    assert credits(owner) == (5, 0)


def test_canceling_gives_the_credit_back(signed_in: Client, owner: Owner) -> None:
    job = jobs.queued(owner)
    reply = signed_in.post(reverse("restoration:cancel", args=[job.public_id]), follow=True)
    assert "Your credit is back" in text_of(reply)
    assert credits(owner) == (5, 0)


def test_canceling_too_late_says_so(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    reply = signed_in.post(reverse("restoration:cancel", args=[job.public_id]), follow=True)
    assert "had ended before" in text_of(reply)
    assert credits(owner) == (4, 0)


def test_deleting_asks_first(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    assert "Keep photo" in page(signed_in, job, "delete")
    assert job.artifacts.filter(purged_at=None).count() == 2
    reply = signed_in.post(reverse("restoration:delete", args=[job.public_id]), follow=True)
    assert "This result was deleted" in text_of(reply)
    assert "<img" not in reply.content.decode()
    assert not job.artifacts.filter(purged_at=None).exists()


def test_a_result_past_its_time_is_no_broken_picture(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    job.artifacts.update(expires_at=timezone.now() - timedelta(seconds=1))
    shown = page(signed_in, job)
    assert "This result was deleted" in shown
    assert "<img" not in shown


@pytest.mark.parametrize("name", ["detail", "status", "delete"])
def test_another_account_sees_nothing(client: Client, owner: Owner, stranger: Owner, name: str) -> None:
    job = jobs.succeeded(owner)
    client.force_login(stranger.user, "allauth.account.auth_backends.AuthenticationBackend")
    address = reverse(f"restoration:{name}", args=[job.public_id])
    reply = client.get(address)
    assert reply.status_code == 404
    assert "There is nothing here" in text_of(reply)


@pytest.mark.parametrize("name", ["cancel", "delete"])
def test_another_account_changes_nothing(client: Client, owner: Owner, stranger: Owner, name: str) -> None:
    job = jobs.queued(owner)
    client.force_login(stranger.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse(f"restoration:{name}", args=[job.public_id])).status_code == 404
    job.refresh_from_db()
    assert job.status == Restoration.Status.QUEUED


def test_strangers_are_sent_to_sign_in(client: Client, owner: Owner) -> None:
    address = reverse("restoration:detail", args=[jobs.queued(owner).public_id])
    assert client.get(address)["Location"] == f"{reverse('account_login')}?next={address}"


def test_pages_of_members_are_not_stored(signed_in: Client, owner: Owner) -> None:
    reply = signed_in.get(reverse("restoration:detail", args=[jobs.succeeded(owner).public_id]))
    assert "no-store" in reply["Cache-Control"]
    assert "private" in reply["Cache-Control"]


def test_canceling_is_no_get(signed_in: Client, owner: Owner) -> None:
    job = jobs.queued(owner)
    assert signed_in.get(reverse("restoration:cancel", args=[job.public_id])).status_code == 405
    job.refresh_from_db()
    assert job.status == Restoration.Status.QUEUED
