"""What a running job is said to need still: the usual time first, then its own pace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from restoration.models import Restoration
from restoration.presentation import STEPS, progress
from restoration.queueing import USUAL_S
from tests.conftest import Owner
from tests.restoration import jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.mark.parametrize(
    ("elapsed", "share", "left"),
    [(5, 0.0, USUAL_S - 5), (40, 0.1, 0), (10, 0.5, 10), (30, 0.75, 10), (3, 1.0, 1)],
)
def test_seconds_left(owner: Owner, elapsed: int, share: float, left: float) -> None:
    job = jobs.processing(owner)
    job.started_at = timezone.now() - timedelta(seconds=elapsed)
    job.progress = share
    found = progress(job)
    assert (found.elapsed_s, found.left_s, found.place) == (elapsed, left, 0)


@pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.5, 4), (1.0, STEPS)])
def test_the_wedge_fills(owner: Owner, share: float, filled: int) -> None:
    job = jobs.processing(owner)
    job.progress = share
    assert progress(job).steps == [True] * filled + [False] * (STEPS - filled)


def test_a_waiting_job_has_a_place_and_no_steps(owner: Owner) -> None:
    jobs.queued(owner)
    found = progress(jobs.queued(owner))
    assert (found.place, any(found.steps), found.workers) == (2, False, 0)
    assert found.left_s == 2 * USUAL_S
    assert Restoration.objects.count() == 2
