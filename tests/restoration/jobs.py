"""Jobs in each state for tests of pages, brought there by the services that do it in earnest."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from restoration import lifecycle, services, storage
from restoration.models import Artifact, Restoration
from tests.conftest import Owner
from tests.pictures import jpeg

REPORT = {"stages": {"finishing": {"tones_corrected": True}}}
KINDS = (Artifact.Kind.OUTPUT, Artifact.Kind.PREVIEW)


def queued(owner: Owner, origin: Restoration.Origin = Restoration.Origin.WEB) -> Restoration:
    key = owner.key_row if origin == Restoration.Origin.API else None
    return services.submit_upload(account=owner.account, content=jpeg(), origin=origin, api_key=key)


def processing(owner: Owner) -> Restoration:
    held = claimed(queued(owner))
    lifecycle.renew(held, stage="fetching", progress=0.5)
    held.job.refresh_from_db()
    return held.job


def failed(owner: Owner) -> Restoration:
    held = claimed(queued(owner))
    lifecycle.fail(held, code="corrupt_image", detail="The file is damaged.")
    held.job.refresh_from_db()
    return held.job


def succeeded(
    owner: Owner, kinds: Iterable[Artifact.Kind] = KINDS, report: dict[str, Any] = REPORT
) -> Restoration:
    held = claimed(queued(owner))
    artifacts = [_stored(held, kind) for kind in kinds]
    lifecycle.succeed(
        held, artifacts=artifacts, engine_version="1", weights_sha256="x", report=report, timings={}
    )
    held.job.refresh_from_db()
    return held.job


def claimed(job: Restoration) -> lifecycle.Claim:
    """The job, taken by a worker that then does nothing by itself."""
    held = lifecycle.claim(pk=job.pk, worker="w")
    assert held is not None
    return held


def _stored(held: lifecycle.Claim, kind: Artifact.Kind) -> Artifact:
    content = jpeg()
    key = storage.artifact_key(held.job.account.public_id, held.job.public_id, held.fence, f"{kind}.jpg")
    storage.write(key, content)
    return Artifact(
        restoration=held.job,
        kind=kind,
        storage_key=key,
        mime="image/jpeg",
        width=64,
        height=48,
        size=len(content),
        expires_at=timezone.now() + timedelta(days=30),
    )
