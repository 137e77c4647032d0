"""What pages say about a job: stage in words, place in the queue, times, and the picture to show."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from restoration import queueing
from restoration.media import path_of
from restoration.models import Artifact, Restoration
from restoration.selectors import artifact_of

# The wedge has seven steps, black to white.
STEPS = 7
# From this share on, a job's own pace says more than the mean of others.
PACE_SHOWS = 0.2
STAGES = {
    "starting": gettext_lazy("Starting"),
    "fetching": gettext_lazy("Fetching the photo"),
    "decoding": gettext_lazy("Reading the photo"),
    "analysis": gettext_lazy("Looking for fading, casts and grain"),
    "repair": gettext_lazy("Mending scratches and spots"),
    "cleaning": gettext_lazy("Cleaning grain and compression marks"),
    "finishing": gettext_lazy("Correcting tones and colours"),
    "enlarging": gettext_lazy("Enlarging the photo"),
    "saving": gettext_lazy("Saving the result"),
}


@dataclass(frozen=True)
class Progress:
    """How far an unfinished job is.

    place: position in the queue, 0 once it runs. elapsed_s, left_s: seconds, left_s 0 when it takes longer than
    usual. steps: one flag for each step of
    the wedge. workers: how many can restore now.
    """

    stage: str
    place: int
    elapsed_s: int
    left_s: int
    steps: list[bool]
    workers: int


def progress(job: Restoration) -> Progress:
    """The present state of a queued or running job."""
    running = job.status == Restoration.Status.PROCESSING
    since = (job.started_at if running else None) or job.created_at
    elapsed = max(0, int((timezone.now() - since).total_seconds()))
    left = _left(job.progress, elapsed) if running else queueing.expected_seconds(job)
    done = round(job.progress * STEPS) if running else 0
    return Progress(
        stage=str(STAGES.get(job.stage, gettext_lazy("Restoring"))) if running else _("Waiting"),
        place=0 if running else queueing.jobs_ahead(job) + 1,
        elapsed_s=elapsed,
        left_s=round(left),
        steps=[step < done for step in range(STEPS)],
        workers=queueing.live_workers(),
    )


def _left(progress: float, elapsed: int) -> float:
    """Seconds a running job still needs: by its own pace once that shows, before by what is usual."""
    if progress >= PACE_SHOWS:
        return max(1.0, elapsed * (1 - progress) / progress)
    return max(0.0, queueing.usual_seconds() - elapsed)


@dataclass(frozen=True)
class Pictures:
    """Signed addresses of what can be shown; empty where the file is gone."""

    original: str
    restored: str
    change_map: str
    damage_mask: str
    comparison: str
    report: str
    output: Artifact | None
    changes: Artifact | None


def pictures(job: Restoration) -> Pictures:
    """Before and after of a job, and what tells the two apart."""
    found = {kind: artifact_of(job, kind) for kind in Artifact.Kind}
    paths = {kind: path_of(artifact) if artifact else "" for kind, artifact in found.items()}
    return Pictures(
        original=paths[Artifact.Kind.PREVIEW],
        restored=paths[Artifact.Kind.OUTPUT],
        change_map=paths[Artifact.Kind.CHANGE_MAP],
        damage_mask=paths[Artifact.Kind.DAMAGE_MASK],
        comparison=paths[Artifact.Kind.COMPARISON],
        report=paths[Artifact.Kind.REPORT],
        output=found[Artifact.Kind.OUTPUT],
        changes=found[Artifact.Kind.CHANGE_MAP],
    )


def took(job: Restoration) -> timedelta | None:
    """From the start of work to the end of the job."""
    return job.ended_at - job.started_at if job.ended_at and job.started_at else None
