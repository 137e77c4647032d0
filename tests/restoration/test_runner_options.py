"""What a job asked for, in the worker: format, size, an own mask; and what cannot be done costs nothing."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from restoration import runner, services, storage
from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.pictures import PictureServer, encoded, jpeg, photo
from tests.restoration.books import charges, credits
from tests.restoration.calls import call_and_wait, refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine")]
Files = Callable[[], list[str]]
MASK = encoded(Image.new("L", (48, 64)), "PNG")
UNTOUCHED = {"color": "off", "denoise": "off", "enhance": "off", "scratches": "off"}


def restored(owner: Owner, content: bytes, mask: bytes | None = None, **options: Any) -> Restoration:
    job = services.submit_upload(
        account=owner.account,
        content=content,
        origin=Restoration.Origin.WEB,
        options=options,
        mask=mask,
    )
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def output(job: Restoration) -> Image.Image:
    return Image.open(BytesIO(storage.read(job.artifacts.get(kind=Artifact.Kind.OUTPUT).storage_key)))


def failed_free(job: Restoration, owner: Owner, media: Files, code: str) -> str:
    assert (job.status, job.error_code, job.attempts_made) == ("failed", code, 1)
    assert (credits(owner), charges(job), media()) == ((5, 0), 0, [])
    return job.error_detail


@pytest.mark.parametrize("wanted", ["jpeg", "png", "webp"])
def test_the_output_has_the_format_that_was_asked_for(owner: Owner, media: Files, wanted: str) -> None:
    job = restored(owner, encoded(photo(70, 50), "JPEG"), output_format=wanted)
    file = job.artifacts.get(kind=Artifact.Kind.OUTPUT)
    assert (output(job).format, file.mime) == (wanted.upper(), f"image/{wanted}")
    assert job.report["options"]["output_format"] == wanted


def test_an_enlarged_output_says_its_size(owner: Owner, media: Files) -> None:
    job = restored(owner, jpeg(64, 48), upscale=2)
    file = job.artifacts.get(kind=Artifact.Kind.OUTPUT)
    assert output(job).size == (file.width, file.height) == (128, 96)


def test_the_mask_says_what_is_mended(owner: Owner, media: Files) -> None:
    before = photo(128, 96)
    painted = np.zeros((48, 64), np.uint8)
    painted[12:24, 16:32] = 255
    job = restored(
        owner,
        encoded(before, "PNG"),
        encoded(Image.fromarray(painted), "PNG"),
        **UNTOUCHED,
    )
    changed = (np.asarray(output(job)) != np.asarray(before)).any(axis=2)
    damaged = painted.repeat(2, 0).repeat(2, 1) > 0
    assert job.report["stages"]["repair"]["why"] == "mask given"
    assert job.report["stages"]["repair"]["damaged"] == pytest.approx(damaged.mean(), abs=1e-4)
    assert changed[damaged].mean() > 0.5
    assert not changed[_far(damaged, 16)].any()


def _far(damaged: np.ndarray, pixels: int) -> np.ndarray:
    rows, columns = np.where(damaged)
    far = np.ones(damaged.shape, bool)
    far[rows.min() - pixels : rows.max() + pixels, columns.min() - pixels : columns.max() + pixels] = False
    return far


def test_a_black_mask_means_that_nothing_is_damaged(owner: Owner, media: Files) -> None:
    before = photo(64, 48)
    black = encoded(Image.new("L", (64, 48)), "PNG")
    job = restored(owner, encoded(before, "PNG"), black, **UNTOUCHED)
    assert np.array_equal(np.asarray(output(job)), np.asarray(before))


def test_a_mask_of_another_shape_fails_the_job_and_costs_nothing(owner: Owner, media: Files) -> None:
    job = restored(owner, jpeg(64, 48), MASK)
    assert "48 x 64 pixels, the photo 64 x 48" in failed_free(job, owner, media, "invalid_mask")


def test_a_mask_that_does_not_open_fails_the_job_and_costs_nothing(owner: Owner, media: Files) -> None:
    job = restored(owner, jpeg(64, 48), jpeg(64, 48)[:300])
    assert "damage mask must be" in failed_free(job, owner, media, "invalid_mask")


def test_too_large_an_enlargement_fails_the_job_at_once(owner: Owner, media: Files) -> None:
    plain = encoded(Image.new("L", (1300, 1300), 90), "PNG")
    job = restored(owner, plain, upscale=4)
    assert "Ask for a smaller factor" in failed_free(job, owner, media, "invalid_options")


@pytest.mark.parametrize(("content_format", "wanted"), [("PNG", "webp"), ("WEBP", "same")])
def test_what_a_webp_cannot_hold_fails_the_job_at_once(
    owner: Owner, media: Files, content_format: str, wanted: str
) -> None:
    long = encoded(Image.new("RGB", (4200, 20), "grey"), content_format)
    job = restored(owner, long, upscale=4, output_format=wanted)
    assert "16800 pixels long; a webp file can have 16383" in failed_free(
        job, owner, media, "invalid_options"
    )


@pytest.mark.parametrize(
    ("size", "members", "code"),
    [
        ((64, 48), {"mask": base64.b64encode(MASK).decode()}, "invalid_mask"),
        ((1300, 1300), {"options": {"upscale": 4}}, "invalid_options"),
    ],
)
def test_the_held_reply_calls_it_invalid_input(
    owner: Owner,
    media: Files,
    pictures: PictureServer,
    size: tuple[int, int],
    members: dict[str, Any],
    code: str,
) -> None:
    url = pictures.serve("/asked.png", encoded(Image.new("L", size, 90), "PNG"))
    body = refusal(call_and_wait(owner, {"imageUrl": url, **members}), 400, "Invalid input")
    assert body["code"] == code
    assert (credits(owner), media()) == ((5, 0), [])
