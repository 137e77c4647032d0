"""Retention: originals and results go in their time, the history stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from core.clock import database_now
from restoration import lifecycle, reconciler, runner, services, storage
from restoration.models import Artifact, Restoration, Source, WorkerHeartbeat
from tests.conftest import Owner
from tests.restoration.books import charges

pytestmark = pytest.mark.usefixtures("real_engine")
Submit = Callable[..., Restoration]
Files = Callable[[], list[str]]
PAST = timedelta(seconds=1)


def test_retention_is_what_the_settings_say(submit: Submit, media: Files, settings: Any) -> None:
    settings.SOURCE_RETENTION_H, settings.OUTPUT_RETENTION_D = 7, 3
    job = submit()
    runner.run(job.pk)
    lives = [job.source.expires_at - job.source.created_at]
    lives += [artifact.expires_at - artifact.created_at for artifact in job.artifacts.all()]
    expected = [timedelta(hours=7), *[timedelta(days=3)] * len(Artifact.Kind)]
    assert all(
        abs(life - wanted) < timedelta(seconds=5) for life, wanted in zip(lives, expected, strict=True)
    )


def test_nothing_is_purged_before_its_time(submit: Submit, media: Files) -> None:
    job = submit()
    runner.run(job.pk)
    before = media()
    assert reconciler.purge() == {"sources": 0, "artifacts": 0, "attempts": 0}
    assert media() == before


def test_the_original_goes_first_and_its_address_with_it(submit: Submit, media: Files) -> None:
    job = submit()
    runner.run(job.pk)
    Source.objects.update(expires_at=timezone.now() - PAST)
    assert reconciler.purge()["sources"] == 1
    source = Source.objects.get()
    assert (source.url, source.storage_key, len(source.sha256)) == ("", "", 64)
    assert len(media()) == len(Artifact.Kind)
    assert reconciler.purge()["sources"] == 0


def test_a_purged_result_leaves_the_job_succeeded_and_charged(submit: Submit, media: Files) -> None:
    job = submit()
    runner.run(job.pk)
    Artifact.objects.update(expires_at=timezone.now() - PAST)
    Source.objects.update(expires_at=timezone.now() - PAST)
    assert reconciler.purge() == {"sources": 1, "artifacts": len(Artifact.Kind), "attempts": 0}
    job.refresh_from_db()
    assert (job.status, charges(job), media()) == ("succeeded", 1, [])
    assert all(artifact.purged_at for artifact in job.artifacts.all())


def test_an_original_that_a_job_waits_for_stays(submit: Submit, media: Files) -> None:
    job = submit()
    Source.objects.update(expires_at=timezone.now() - PAST)
    assert reconciler.purge()["sources"] == 0
    services.cancel(job=job)
    assert reconciler.purge()["sources"] == 1


def test_a_file_that_cannot_be_deleted_is_tried_again(
    submit: Submit, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit()
    runner.run(job.pk)
    Artifact.objects.update(expires_at=timezone.now() - PAST)

    def refuse(*_: Any) -> None:
        raise PermissionError("read-only for the moment")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", refuse)
        assert reconciler.purge()["artifacts"] == 0
    assert reconciler.purge()["artifacts"] == len(Artifact.Kind)
    assert not [name for name in media() if job.public_id in name]


def test_what_a_worker_wrote_that_was_killed_during_a_cancel_goes(
    submit: Submit, owner: Owner, media: Files
) -> None:
    job = submit()
    held = lifecycle.claim(pk=job.pk, worker="killed")
    assert held is not None
    storage.write(
        storage.artifact_key(owner.account.public_id, job.public_id, held.fence, "output.png"), b"x"
    )
    services.cancel(job=job)
    assert reconciler.purge()["attempts"] == 0
    Restoration.objects.update(ended_at=timezone.now() - timedelta(minutes=11))
    assert reconciler.purge()["attempts"] == 1
    assert media() == []
    assert job.attempts.get().outcome == "lost"


def test_an_upload_whose_submission_broke_off_goes_in_time(owner: Owner, media: Files) -> None:
    source = Source.objects.create(
        account=owner.account,
        storage_key=f"{owner.account.public_id}/src_x/original",
        expires_at=timezone.now() - PAST,
    )
    storage.write(source.storage_key, b"x")
    assert reconciler.purge()["sources"] == 1
    assert media() == []


def test_heartbeats_of_workers_long_gone_go(db: None) -> None:
    now = database_now()
    WorkerHeartbeat.objects.create(worker="old", seen_at=now - timedelta(days=2))
    WorkerHeartbeat.objects.create(worker="new", seen_at=now)
    reconciler.purge()
    assert list(WorkerHeartbeat.objects.values_list("worker", flat=True)) == ["new"]
