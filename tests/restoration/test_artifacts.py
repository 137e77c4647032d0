"""A finished job leaves its report, change map, comparison and damage mask, and they share the fate of its output."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from restoration import lifecycle, runner, services, storage
from restoration.engine import engine
from restoration.media import path_of
from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.pictures import encoded, photo
from tests.restoration.calls import download

Submit = Callable[..., Restoration]
Files = Callable[[], list[str]]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine", "media")]
ACCOUNT = (
    Artifact.Kind.REPORT,
    Artifact.Kind.CHANGE_MAP,
    Artifact.Kind.COMPARISON,
    Artifact.Kind.DAMAGE_MASK,
)


def restored(submit: Submit) -> Restoration:
    job = submit(encoded(photo(96, 64), "PNG"))
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def content(job: Restoration, kind: Artifact.Kind) -> bytes:
    return storage.read(job.artifacts.get(kind=kind).storage_key)


def test_the_report_file_is_the_report_of_the_job(submit: Submit) -> None:
    job = restored(submit)
    assert json.loads(content(job, Artifact.Kind.REPORT)) == job.report
    measured = job.report["faithfulness"]
    assert measured["measured_at"] == [96, 64]
    assert {"repaired", "invented", "colour", "structure", "faces", "breaches"} <= measured.keys()


def test_the_pictures_are_of_the_photo(submit: Submit) -> None:
    job = restored(submit)
    changes = Image.open(BytesIO(content(job, Artifact.Kind.CHANGE_MAP)))
    both = Image.open(BytesIO(content(job, Artifact.Kind.COMPARISON)))
    row = job.artifacts.get(kind=Artifact.Kind.CHANGE_MAP)
    assert (changes.format, changes.size, (row.width, row.height)) == ("PNG", (96, 64), (96, 64))
    assert (both.format, both.height) == ("JPEG", 64)
    assert both.width > 2 * 96
    before = np.asarray(both)[:, :96].astype(int)
    assert np.abs(before - np.asarray(photo(96, 64))).mean() < 3


def test_each_has_a_signed_address_and_a_name_of_its_own(submit: Submit) -> None:
    job = restored(submit)
    names = {}
    for kind in ACCOUNT:
        artifact = job.artifacts.get(kind=kind)
        reply = download(path_of(artifact), download="1")
        assert (reply.status_code, reply["Content-Type"]) == (200, artifact.mime)
        assert reply.content == content(job, kind)
        names[kind] = reply["Content-Disposition"].rpartition(artifact.public_id[-6:] + "-")[2]
        assert download(path_of(artifact).split("&s=")[0]).status_code == 404
    assert list(names.values()) == ['report.json"', 'change-map.png"', 'comparison.jpg"', 'damage-mask.png"']


def test_deleting_the_photo_deletes_them(submit: Submit, media: Files) -> None:
    job = restored(submit)
    services.delete(job=job)
    assert media() == []
    for kind in ACCOUNT:
        assert download(path_of(job.artifacts.get(kind=kind))).status_code == 404


def test_a_worker_that_lost_its_fence_publishes_none(
    submit: Submit, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It falls silent while it restores; another does the job; then it comes back with its own files."""
    job, restore = submit(encoded(photo(96, 64), "PNG")), engine().restore

    def overtaken(*args: Any, **fields: Any) -> Any:
        fields["cancelled"] = lambda: False
        done = restore(*args, **fields)
        monkeypatch.setattr(engine(), "restore", restore)
        lifecycle.forfeit(pk=job.pk, fence=1)
        runner.run(job.pk)
        return done

    monkeypatch.setattr(engine(), "restore", overtaken)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.fence) == ("succeeded", 2)
    assert not [name for name in media() if f"{job.public_id}/1/" in name]
    rows = job.artifacts.all()
    assert {artifact.kind for artifact in rows} == set(Artifact.Kind)
    assert all(f"{job.public_id}/2/" in artifact.storage_key in media() for artifact in rows)


def test_files_and_charge_come_together_or_not_at_all(
    submit: Submit, owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last file cannot be stored: none of the others stays."""
    job, write = submit(encoded(photo(96, 64), "PNG")), storage.write

    def full(key: str, content: bytes) -> None:
        if "comparison" in key:
            raise OSError(28, "No space left on device")
        write(key, content)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", full)
        runner.run(job.pk)
    job.refresh_from_db()
    assert job.status == "queued"
    assert not [name for name in media() if job.public_id in name]
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.artifacts.count()) == ("succeeded", len(Artifact.Kind))
