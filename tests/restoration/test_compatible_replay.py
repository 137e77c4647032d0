"""The reply that follows the wait: result, time-out with status_url, and nothing for strangers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import timezone

from restoration import lifecycle
from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.restoration.books import charges, credits
from tests.restoration.calls import refusal

pytestmark = pytest.mark.django_db(transaction=True)
Submit = Callable[..., Restoration]


def path(job: Restoration) -> str:
    return f"/api/api-call/photo-restore/{job.public_id}"


def publish(job: Restoration, **fields: Any) -> Artifact:
    held = lifecycle.claim(pk=job.pk, worker="w")
    assert held is not None
    output = Artifact(
        restoration=job,
        kind="output",
        storage_key="x",
        mime="image/jpeg",
        size=1,
        **{"expires_at": timezone.now() + timedelta(days=1), **fields},
    )
    assert lifecycle.succeed(
        held, artifacts=[output], engine_version="1", weights_sha256="x", report={}, timings={}
    )
    return output


def replay(owner: Owner, job: Restoration, *, expired: bool) -> Any:
    """As the hold wrapper calls: with its note in the ASGI scope, where no caller can put one."""
    note = {"heirloom.replay": {"expired": expired, "request_id": "req_of_the_post"}}
    headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {owner.key}".encode())]

    async def ask() -> Any:
        return await AsyncClient().request(path=path(job), query_string="", headers=headers, **note)

    return async_to_sync(ask)()


def test_time_over_ends_the_job_without_charge(submit: Submit, owner: Owner) -> None:
    job = submit()
    body = refusal(replay(owner, job, expired=True), 500, "Service error")
    job.refresh_from_db()
    assert (body["code"], job.status, job.error_code) == ("timeout", "canceled", "timeout")
    assert body["status_url"] == f"http://testserver/api/v1/restorations/{job.public_id}"
    assert body["request_id"] == "req_of_the_post"
    assert "Nothing was charged" in body["detail"]
    assert (credits(owner), charges(job)) == ((5, 0), 0)


def test_time_over_loses_to_a_success(submit: Submit, owner: Owner) -> None:
    job = submit()
    publish(job)
    reply = replay(owner, job, expired=True)
    assert (reply.status_code, list(reply.json())) == (200, ["output"])
    assert (credits(owner), charges(job)) == ((4, 0), 1)


def test_an_unfinished_job_is_not_ended_by_asking(submit: Submit, owner: Owner) -> None:
    job = submit()
    for reply in (replay(owner, job, expired=False), Client().get(path(job), **owner.auth)):
        assert refusal(reply, 500, "Service error")["code"] == "not_finished"
    job.refresh_from_db()
    assert (job.status, credits(owner)) == ("queued", (4, 1))


def test_a_header_cannot_pose_as_the_wrapper(submit: Submit, owner: Owner) -> None:
    job = submit()
    for name in ("HTTP_HEIRLOOM_REPLAY", "HTTP_X_HEIRLOOM_REPLAY", "heirloom.replay"):
        Client().get(path(job), **owner.auth, **{name: '{"expired": true}'})
    job.refresh_from_db()
    assert job.status == "queued"


def test_another_account_sees_nothing(submit: Submit, stranger: Owner) -> None:
    job = submit()
    publish(job)
    for reply in (Client().get(path(job), **stranger.auth), replay(stranger, job, expired=True)):
        refusal(reply, 404, "Not found")


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("corrupt_image", 400, "Invalid input"),
        ("image_unreachable", 400, "Invalid input"),
        ("service_error", 500, "Service error"),
    ],
)
def test_a_failed_job_answers_by_whose_fault_it_was(
    submit: Submit, owner: Owner, code: str, status: int, message: str
) -> None:
    job = submit()
    held = lifecycle.claim(pk=job.pk, worker="w")
    assert held is not None
    lifecycle.fail(held, code=code, detail="The reason.")
    body = refusal(Client().get(path(job), **owner.auth), status, message)
    assert (body["code"], body["detail"]) == (code, "The reason.")
    assert ("status_url" in body) == (status == 500)


def test_an_output_past_its_retention_is_gone(submit: Submit, owner: Owner) -> None:
    job = submit()
    publish(job, expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(Client().get(path(job), **owner.auth), 404, "Not found")["code"] == "output_deleted"
