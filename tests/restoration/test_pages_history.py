"""The history: everything of the account, filters in the address, pages that new rows do not shift."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from restoration.models import Restoration
from restoration.paging import page_of
from restoration.selectors import restorations_of
from tests.conftest import Owner
from tests.restoration import jobs
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
Origin = Restoration.Origin


def listed(client: Client, query: str = "") -> list[str]:
    html = client.get(reverse("restoration:history") + query).content.decode()
    return re.findall(r'href="/restorations/(rst_\w+)/"', html)


def test_newest_first_web_and_api(signed_in: Client, owner: Owner) -> None:
    made = [jobs.queued(owner, origin).public_id for origin in (Origin.WEB, Origin.API)]
    assert listed(signed_in) == made[::-1]
    assert owner.key_row.name in text_of(signed_in.get(reverse("restoration:history")))


def test_filters_are_in_the_address(signed_in: Client, owner: Owner) -> None:
    by_web, by_api = jobs.failed(owner).public_id, jobs.queued(owner, Origin.API).public_id
    assert listed(signed_in, "?status=failed") == [by_web]
    assert listed(signed_in, "?origin=api") == [by_api]
    assert listed(signed_in, "?status=failed&origin=api") == []
    assert listed(signed_in, "?status=nonsense") == [by_api, by_web]
    html = signed_in.get(reverse("restoration:history") + "?status=failed").content.decode()
    assert 'href="?status=failed&amp;origin=api"' in html  # one filter keeps the other
    assert 'href="?status=failed" aria-current="true"' in html


def test_nothing_of_another_account(signed_in: Client, stranger: Owner) -> None:
    jobs.queued(stranger)
    assert listed(signed_in) == []
    assert "Your contact sheet starts here" in text_of(signed_in.get(reverse("restoration:history")))


def test_pages_cover_everything_once(make_owner: Callable[..., Owner]) -> None:
    owner = make_owner(credits=6)
    made = [jobs.queued(owner) for _ in range(5)]
    # Two of them in the same microsecond: the number decides.
    Restoration.objects.filter(pk__in=[made[1].pk, made[2].pk]).update(created_at=made[2].created_at)
    first = page_of(restorations_of(owner.account), "", size=2)
    second = page_of(restorations_of(owner.account), first.next_mark, size=2)
    jobs.queued(owner)  # a new one on top shifts no page
    third = page_of(restorations_of(owner.account), second.next_mark, size=2)
    rows = [row.pk for page in (first, second, third) for row in page.rows]
    assert rows == [job.pk for job in made[::-1]]
    assert third.next_mark == ""


@pytest.mark.parametrize("mark", ["x", "2031-01-01_5", "_", "2031-01-01T00:00:00+00:00_x"])
def test_a_broken_mark_is_the_first_page(owner: Owner, mark: str) -> None:
    job = jobs.queued(owner)
    assert [row.pk for row in page_of(restorations_of(owner.account), mark).rows] == [job.pk]


def test_the_next_page_keeps_the_filter(
    signed_in: Client, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of, "__defaults__", (1,))
    older, newer = jobs.queued(owner), jobs.queued(owner)
    Restoration.objects.filter(pk=older.pk).update(created_at=timezone.now() - timedelta(days=1))
    html = signed_in.get(reverse("restoration:history") + "?status=queued").content.decode()
    link = re.search(r'rel="next" href="(\?[^"]+)"', html)
    assert link
    assert "status=queued" in link[1]
    assert listed(signed_in, "?status=queued") == [newer.public_id]
    assert listed(signed_in, link[1].replace("&amp;", "&")) == [older.public_id]
