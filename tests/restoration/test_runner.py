"""A whole job in the worker: real fetch, real sandbox, real engine, real files."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from core.process_identity import own_name
from restoration import lifecycle, runner, services, storage
from restoration.engine import engine
from restoration.models import Artifact, Attempt, Restoration
from tests.conftest import Owner
from tests.pictures import PictureServer, encoded, jpeg, photo
from tests.restoration.books import charges, credits

Submit = Callable[..., Restoration]
Files = Callable[[], list[str]]
pytestmark = pytest.mark.usefixtures("real_engine")


@pytest.mark.parametrize(
    ("format_name", "suffix", "mime"),
    [("JPEG", "jpg", "jpeg"), ("PNG", "png", "png"), ("WEBP", "webp", "webp")],
)
def test_the_output_has_the_inputs_format_and_size(
    submit: Submit, owner: Owner, media: Files, format_name: str, suffix: str, mime: str
) -> None:
    job = submit(encoded(photo(70, 50), format_name))
    runner.run(job.pk)
    job.refresh_from_db()
    output = job.artifacts.get(kind=Artifact.Kind.OUTPUT)
    content = storage.read(output.storage_key)
    picture = Image.open(BytesIO(content))
    assert job.status == "succeeded"
    assert (picture.format, picture.size) == (format_name, (70, 50))
    assert (output.mime, output.width, output.height, output.size) == (f"image/{mime}", 70, 50, len(content))
    account, source = owner.account.public_id, job.source.public_id
    files = [
        f"output.{suffix}",
        "preview.jpg",
        "report.json",
        "change_map.png",
        "comparison.jpg",
        "damage_mask.png",
    ]
    assert media() == sorted(
        [*(f"{account}/{job.public_id}/1/{name}" for name in files), f"{account}/{source}/original"]
    )
    assert (credits(owner), charges(job)) == ((4, 0), 1)


def test_what_was_done_is_on_record(submit: Submit, media: Files) -> None:
    content = jpeg()
    job = submit(content)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.source.size == len(content)
    assert len(job.source.sha256) == 64
    assert (job.engine_version, job.weights_sha256) != ("", "")
    assert job.report
    attempt = job.attempts.get()
    assert attempt.worker == own_name()
    assert {"fetch_s", "decode_s", "total_s"} <= attempt.timings.keys()


def test_a_later_attempt_does_not_fetch_again(
    submit: Submit, media: Files, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(path="/once.jpg")
    fetched = pictures.hits["/once.jpg"]
    with monkeypatch.context() as patch:
        patch.setattr(runner.imaging, "decode", _break)
        runner.run(job.pk)
    job.refresh_from_db()
    assert job.status == "queued"
    pictures.serve("/once.jpg", b"the photo is gone")
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts_made) == ("succeeded", 2)
    assert pictures.hits["/once.jpg"] == fetched + 1


def test_half_an_original_of_a_killed_worker_is_fetched_anew(
    submit: Submit, owner: Owner, media: Files
) -> None:
    content = jpeg()
    job = submit(content)
    key = storage.source_key(owner.account.public_id, job.source.public_id)
    type(job.source).objects.filter(pk=job.source_id).update(storage_key=key)
    storage.write(key, content[:100])
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.status == "succeeded"
    assert storage.read(key) == content


@pytest.mark.parametrize("error", [RuntimeError("no"), MemoryError(), OSError(28, "No space left on device")])
def test_an_error_of_ours_is_retried_and_never_raised(
    submit: Submit, owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    job = submit()
    monkeypatch.setattr(engine(), "restore", lambda *_, **__: _break(error))
    for _ in range(3):
        runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code, job.attempts_made) == ("failed", "service_error", 3)
    assert credits(owner) == (5, 0)
    assert media() == []


def test_a_file_of_a_lost_commit_goes_and_one_of_a_made_commit_stays(
    submit: Submit, owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, succeed = submit(), lifecycle.succeed

    def answer_lost(*args: Any, **fields: Any) -> bool:
        succeed(*args, **fields)
        raise ConnectionError("committed, but the answer never came")

    with monkeypatch.context() as patch:
        patch.setattr(runner.lifecycle, "succeed", answer_lost)
        runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, charges(job)) == ("succeeded", 1)
    assert all(artifact.storage_key in media() for artifact in job.artifacts.all())


def test_a_job_canceled_under_the_worker_leaves_no_file(
    submit: Submit, owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit()
    restore = engine().restore

    def canceled_meanwhile(*args: Any, **fields: Any) -> Any:
        services.cancel(job=job)
        return restore(*args, **fields)

    monkeypatch.setattr(engine(), "restore", canceled_meanwhile)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, credits(owner)) == ("canceled", (5, 0))
    assert job.attempts.get().outcome == Attempt.Outcome.LOST
    assert media() == []


def test_a_job_canceled_during_the_fetch_leaves_no_file(
    submit: Submit, media: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, fetch = submit(), runner.fetch

    def canceled_meanwhile(*args: Any, **fields: Any) -> Any:
        services.cancel(job=job)
        return fetch(*args, **fields)

    monkeypatch.setattr(runner, "fetch", canceled_meanwhile)
    runner.run(job.pk)
    assert media() == []


def test_success_clears_away_what_a_killed_worker_had_written(
    submit: Submit, owner: Owner, media: Files
) -> None:
    job = submit()
    killed = lifecycle.claim(pk=job.pk, worker="killed")
    assert killed is not None
    storage.write(
        storage.artifact_key(owner.account.public_id, job.public_id, killed.fence, "output.jpg"), b"x"
    )
    lifecycle.forfeit(pk=job.pk, fence=killed.fence)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.status == "succeeded"
    assert not [name for name in media() if f"{job.public_id}/1/" in name]


def test_missing_weights_are_no_pass_through(
    submit: Submit, owner: Owner, media: Files, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    from restoration import engine as engine_module

    engine_module._engine.cache_clear()
    settings.WEIGHTS_DIR = tmp_path / "none"
    job = submit()
    for _ in range(3):
        runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code, credits(owner)) == ("failed", "service_error", (5, 0))
    assert "WeightsError" in job.attempts.first().error
    assert media() == []


def _break(error: Exception | bytes = b"", **_: Any) -> None:
    raise error if isinstance(error, Exception) else RuntimeError("broken on purpose")
