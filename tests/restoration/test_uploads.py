"""Uploaded bytes: checked before anything is held, kept only with the job, named by us."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from core.errors import AppError
from restoration import runner, services
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import encoded, jpeg, photo
from tests.restoration.books import charges, credits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine")]
Files = Callable[[], list[str]]


def upload(owner: Owner, content: bytes, **fields: Any) -> Restoration:
    return services.submit_upload(
        account=owner.account, content=content, origin=Restoration.Origin.WEB, **fields
    )


def test_an_upload_is_restored(owner: Owner, media: Files) -> None:
    job = upload(owner, jpeg())
    assert media() == [f"{owner.account.public_id}/{job.source.public_id}/original"]
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.origin, charges(job)) == ("succeeded", "web", 1)


@pytest.mark.parametrize(
    "content", [b"", b"hello", encoded(photo(), "GIF"), jpeg(exactly=5 * 1024 * 1024 + 1)]
)
def test_what_is_no_photo_is_refused_at_once(owner: Owner, media: Files, content: bytes) -> None:
    with pytest.raises(AppError) as refused:
        upload(owner, content)
    assert refused.value.status == 400
    assert (credits(owner), media(), Source.objects.count()) == ((5, 0), [], 0)


def test_without_credits_nothing_is_kept(make_owner: Callable[..., Owner], media: Files) -> None:
    poor = make_owner("poor@example.org", credits=0)
    with pytest.raises(AppError) as refused:
        upload(poor, jpeg())
    assert refused.value.status == 402
    assert (media(), Source.objects.count(), Restoration.objects.count()) == ([], 0, 0)


def test_bad_options_keep_nothing(owner: Owner, media: Files) -> None:
    with pytest.raises(AppError) as refused:
        upload(owner, jpeg(), options={"color": "purple"})
    assert refused.value.code == "invalid_options"
    assert (credits(owner), media(), Source.objects.count()) == ((5, 0), [], 0)


def test_a_disk_that_is_full_costs_nothing(
    owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(OSError, match="No space"):
        upload(owner, jpeg())
    assert (credits(owner), media(), Source.objects.count()) == ((5, 0), [], 0)


def test_deleting_erases_the_pictures_and_keeps_the_receipt(owner: Owner, media: Files) -> None:
    job = upload(owner, jpeg())
    runner.run(job.pk)
    services.delete(job=job)
    job.refresh_from_db()
    assert (job.status, charges(job), media()) == ("succeeded", 1, [])


def test_deleting_a_waiting_job_cancels_it(owner: Owner, media: Files) -> None:
    job = upload(owner, jpeg())
    services.delete(job=job)
    job.refresh_from_db()
    assert (job.status, credits(owner), media()) == ("canceled", (5, 0), [])
