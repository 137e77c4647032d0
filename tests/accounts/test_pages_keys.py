"""The key page: made and shown once, listed by its last four, revoked after a question."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import api_keys
from accounts.models import ApiKey
from tests.conftest import Owner
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db
KEY = re.compile(r"hl_live_[0-9A-Za-z]{38}")


def create(client: Client, **fields: Any) -> Any:
    page = client.get(reverse("accounts:keys")).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    return client.post(reverse("accounts:keys"), {"name": "web shop", "once": once[1], **fields})


def test_a_new_key_is_shown_once(signed_in: Client, owner: Owner) -> None:
    page = create(signed_in)
    shown = KEY.findall(page.content.decode())
    assert len(shown) == 1
    found = api_keys.find(shown[0])
    assert found is not None
    assert (found.account, found.name, found.expires_at) == (owner.account, "web shop", None)
    assert "no-store" in page["Cache-Control"]
    listed = signed_in.get(reverse("accounts:keys"))
    assert not KEY.search(listed.content.decode())
    assert found.masked in text_of(listed)


def test_sending_the_form_again_makes_no_second_key(signed_in: Client, owner: Owner) -> None:
    page = signed_in.get(reverse("accounts:keys")).content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    sent = {"name": "web shop", "once": once[1]}
    signed_in.post(reverse("accounts:keys"), sent)
    again = signed_in.post(reverse("accounts:keys"), sent, follow=True)
    assert "no second key was made" in text_of(again)
    assert ApiKey.objects.filter(account=owner.account, name="web shop").count() == 1


def test_the_last_day_is_a_whole_day(signed_in: Client) -> None:
    day = date.today() + timedelta(days=3)  # noqa: DTZ011  the form takes a plain date
    create(signed_in, expires_on=day.isoformat())
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    assert ApiKey.objects.get(name="web shop").expires_at == end


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "   "}, "This field is required"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"expires_on": "2020-01-01"}, "This day is over"),
        ({"expires_on": "soon"}, "valid date"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(signed_in: Client, fields: dict[str, str], said: str) -> None:
    before = ApiKey.objects.count()
    page = create(signed_in, **fields)
    assert page.status_code == 422
    assert said in text_of(page)
    assert ApiKey.objects.count() == before


def test_revoking_asks_and_then_ends_the_key(signed_in: Client, owner: Owner) -> None:
    address = reverse("accounts:revoke-key", args=[owner.key_row.public_id])
    assert "Keep key" in text_of(signed_in.get(address))
    assert api_keys.find(owner.key) is not None
    reply = signed_in.post(address, follow=True)
    assert "refused from now on" in text_of(reply)
    assert api_keys.find(owner.key) is None
    assert signed_in.get(address).status_code == 404


def test_another_accounts_key_is_not_there(signed_in: Client, stranger: Owner) -> None:
    address = reverse("accounts:revoke-key", args=[stranger.key_row.public_id])
    assert (signed_in.get(address).status_code, signed_in.post(address).status_code) == (404, 404)
    assert api_keys.find(stranger.key) is not None
    assert stranger.key_row.masked not in text_of(signed_in.get(reverse("accounts:keys")))


def test_a_name_with_markup_stays_text(signed_in: Client) -> None:
    page = create(signed_in, name="<b>shop</b>")
    assert "<b>shop</b>" not in page.content.decode()
    assert "<b>shop</b>" in text_of(page)


def test_settings_name_the_account(signed_in: Client, owner: Owner) -> None:
    shown = text_of(signed_in.get(reverse("accounts:settings")))
    assert owner.account.public_id in shown
    assert owner.user.email in shown
