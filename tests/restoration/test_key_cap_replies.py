"""Over its cap a key gets 402 with a code of its own; the compatible message stays to the letter."""

from collections.abc import Callable

import pytest

from accounts import key_caps
from billing import ledger
from restoration.models import Restoration, Source
from tests.conftest import Owner
from tests.pictures import PictureServer, jpeg
from tests.restoration.books import credits, ledger_agrees
from tests.restoration.calls import call, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_over_the_cap_nothing_is_held_and_no_job_is_made(pictures: PictureServer, owner: Owner) -> None:
    url = pictures.serve("/capped.jpg", jpeg())
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    assert call(owner, {"imageUrl": url}).status_code == 202
    body = refusal(call(owner, {"imageUrl": url}), 402, "Insufficient credits")
    assert body["code"] == "key_cap_reached"
    assert "may spend 1 credits a month" in body["detail"]
    assert (body["cap"], body["spent"]) == (1, 1)
    assert (credits(owner), Restoration.objects.count(), Source.objects.count()) == ((4, 1), 1, 1)
    assert ledger_agrees(owner)


def test_a_photo_that_failed_leaves_room(pictures: PictureServer, owner: Owner) -> None:
    url = pictures.serve("/capped.jpg", jpeg())
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    call(owner, {"imageUrl": url})
    ledger.release(job=Restoration.objects.get().public_id, reason="failed")
    assert call(owner, {"imageUrl": url}).status_code == 202


def test_no_credits_is_still_no_credits(pictures: PictureServer, make_owner: Callable[..., Owner]) -> None:
    broke = make_owner("broke@example.org", credits=0)
    key_caps.set_cap(key=broke.key_row, monthly_credits=5)
    url = pictures.serve("/capped.jpg", jpeg())
    assert (
        refusal(call(broke, {"imageUrl": url}), 402, "Insufficient credits")["code"] == "insufficient_credits"
    )
