"""A damage mask is kept and deleted with the photo that it came with."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from restoration import lifecycle, reconciler, services, storage
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import encoded, jpeg
from tests.restoration.jobs import claimed

pytestmark = pytest.mark.django_db(transaction=True)
Files = Callable[[], list[str]]
MASK = encoded(Image.new("L", (32, 24)), "PNG")


@pytest.fixture(params=["upload", "address"])
def job(request: pytest.FixtureRequest, owner: Owner, media: Files) -> Restoration:
    """A waiting job with a mask: of an uploaded photo, or of one that was not fetched yet."""
    if request.param == "upload":
        return services.submit_upload(
            account=owner.account, content=jpeg(), origin=Restoration.Origin.WEB, mask=MASK
        )
    return services.submit_url(
        account=owner.account,
        url="https://example.org/a.jpg",
        origin=Restoration.Origin.API,
        mask=MASK,
    )


def succeed(job: Restoration) -> None:
    assert lifecycle.succeed(
        claimed(job), artifacts=[], engine_version="1", weights_sha256="x", report={}, timings={}
    )


def test_it_is_there_while_the_job_waits_and_after_success(job: Restoration, media: Files) -> None:
    assert storage.read(job.source.mask_key) == MASK
    succeed(job)
    assert storage.read(job.source.mask_key) == MASK


def test_it_goes_with_the_original_when_its_time_is_over(job: Restoration, media: Files) -> None:
    succeed(job)
    Source.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert reconciler.purge()["sources"] == 1
    assert (media(), Source.objects.get().mask_key) == ([], "")
    assert reconciler.purge()["sources"] == 0


def test_it_goes_when_the_customer_deletes_the_photo(job: Restoration, media: Files) -> None:
    succeed(job)
    services.delete(job=job)
    assert (media(), Source.objects.get().mask_key) == ([], "")


def test_it_goes_when_the_job_fails(job: Restoration, media: Files) -> None:
    lifecycle.fail(claimed(job), code="invalid_mask", detail="It does not fit.")
    assert (media(), Source.objects.get().mask_key) == ([], "")


def test_it_goes_when_the_job_is_canceled(job: Restoration, media: Files) -> None:
    services.cancel(job=job)
    assert (media(), Source.objects.get().mask_key) == ([], "")


def test_it_stays_for_another_try(job: Restoration, media: Files) -> None:
    held = claimed(job)
    lifecycle.give_back(held, error="broken")
    lifecycle.withdraw(held, [])
    assert storage.read(Source.objects.get().mask_key) == MASK
