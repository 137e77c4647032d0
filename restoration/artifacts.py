"""The files of a result: made, stored under the fence of their attempt, each with an expiry."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from PIL import Image

from restoration import imaging, lifecycle, storage
from restoration.models import Artifact

if TYPE_CHECKING:
    from restoration.inference.faithfulness import Evidence

Kind = Artifact.Kind


@dataclass(frozen=True)
class File:
    """One file before it is stored. size: width and height in pixels, 0 where they do not matter."""

    kind: Artifact.Kind
    content: bytes
    suffix: str
    mime: str
    size: tuple[int, int] = (0, 0)


def picture(
    kind: Artifact.Kind, content: bytes, image_format: imaging.Format, size: tuple[int, int] = (0, 0)
) -> File:
    """A picture that was encoded in this format."""
    return File(kind, content, imaging.SUFFIXES[image_format], imaging.MIME_TYPES[image_format], size)


def account_of(report: dict[str, Any], evidence: "Evidence", damage: np.ndarray) -> list[File]:
    """
    What was done to a photo, for people and programs: the report, the change map, the comparison, and what was
    taken for damaged, as a mask that can be edited and sent with the photo again.
    """
    from restoration.inference.faithfulness import (  # torch is imported in the worker only
        change_map,
        comparison,
    )

    changes, both, mask = change_map(evidence), comparison(evidence), Image.fromarray(damage)
    written = json.dumps(report, indent=2).encode()
    return [
        File(Kind.REPORT, written, ".json", "application/json"),
        picture(Kind.CHANGE_MAP, imaging.encode(changes, "png"), "png", changes.size),
        picture(Kind.COMPARISON, imaging.encode(both, "jpeg"), "jpeg", both.size),
        picture(Kind.DAMAGE_MASK, imaging.encode(mask, "png"), "png", mask.size),
    ]


def store(held: lifecycle.Claim, file: File, written: list[str]) -> Artifact:
    """Store a file and give its row, not saved yet. Its key joins `written` first, so that it can be withdrawn."""
    job = held.job
    key = storage.artifact_key(job.account.public_id, job.public_id, held.fence, f"{file.kind}{file.suffix}")
    written.append(key)
    storage.write(key, file.content)
    return Artifact(
        restoration=job,
        kind=file.kind,
        storage_key=key,
        mime=file.mime,
        width=file.size[0],
        height=file.size[1],
        size=len(file.content),
        expires_at=timezone.now() + timedelta(days=settings.OUTPUT_RETENTION_D),
    )
