"""Capping a key on its page, and what the page says of its use."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import key_caps
from accounts.models import ApiKey
from billing import ledger, spending
from tests.conftest import Owner
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db


def address(owner: Owner) -> str:
    return reverse("accounts:key-cap", args=[owner.key_row.public_id])


def test_a_cap_is_set_shown_and_taken_away(signed_in: Client, owner: Owner) -> None:
    spending.hold(account=owner.account, job="rst_1", api_key=owner.key_row)
    reply = signed_in.post(address(owner), {"monthly_cap": "25"}, follow=True)
    assert "The cap of" in text_of(reply)
    assert "1 of at most 25" in text_of(reply)
    assert key_caps.cap_of(owner.key_row.lineage_id) == 25
    assert 'value="25"' in signed_in.get(address(owner)).content.decode()
    assert "has no cap now" in text_of(signed_in.post(address(owner), {"monthly_cap": ""}, follow=True))
    assert key_caps.cap_of(owner.key_row.lineage_id) is None


def test_use_without_a_cap_is_shown_too(signed_in: Client, owner: Owner) -> None:
    for job in ("rst_1", "rst_2", "rst_3"):
        spending.hold(account=owner.account, job=job, api_key=owner.key_row)
    ledger.release(job="rst_3", reason="failed")
    assert "It has spent or holds 2 credits this month." in text_of(signed_in.get(address(owner)))
    assert "at most" not in text_of(signed_in.get(reverse("accounts:keys")))


@pytest.mark.parametrize("typed", ["-1", "1000001", "many", "1.5"])
def test_what_is_no_cap_is_refused_at_the_field(signed_in: Client, owner: Owner, typed: str) -> None:
    reply = signed_in.post(address(owner), {"monthly_cap": typed})
    assert reply.status_code == 422
    assert key_caps.caps_of(owner.account) == {}


def test_a_new_key_may_be_capped_at_once(signed_in: Client, owner: Owner) -> None:
    page = signed_in.get(reverse("accounts:keys")).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    signed_in.post(reverse("accounts:keys"), {"name": "web shop", "once": once[1], "monthly_cap": "7"})
    made = ApiKey.objects.get(account=owner.account, name="web shop")
    assert key_caps.caps_of(owner.account) == {made.lineage_id: 7}


def test_another_accounts_key_is_not_there(signed_in: Client, stranger: Owner) -> None:
    assert signed_in.get(address(stranger)).status_code == 404
    assert signed_in.post(address(stranger), {"monthly_cap": "1"}).status_code == 404
    assert key_caps.cap_of(stranger.key_row.lineage_id) is None
