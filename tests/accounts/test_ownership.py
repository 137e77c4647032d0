"""Users, the accounts they reach, and the keys they see."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import api_keys
from accounts.models import Account, ApiKey, Membership, User
from accounts.selectors import account_of, keys_of
from accounts.services import account_for_email, ensure_personal_account
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def test_an_address_is_one_user_however_it_is_written() -> None:
    account = account_for_email(email="Bob@Example.org")
    assert account_for_email(email=" bob@example.ORG ") == account
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="BOB@example.org").save()
    assert User.objects.count() == 1


def test_a_personal_account_is_made_once() -> None:
    user = User.objects.create_user("bob@example.org")
    assert ensure_personal_account(user=user) == ensure_personal_account(user=user) == account_of(user)
    assert Account.objects.count() == 1
    assert Membership.objects.get().role == Membership.Role.OWNER


def test_a_user_is_in_an_account_once(owner: Owner) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(account=owner.account, user=owner.user, role=Membership.Role.VIEWER)


def test_keys_are_listed_newest_first_and_revoked_ones_last(owner: Owner, stranger: Owner) -> None:
    for place, name in enumerate(["b", "c", "d"]):
        row, _ = api_keys.create(account=owner.account, name=name)
        ApiKey.objects.filter(pk=row.pk).update(created_at=NOON + timedelta(days=3650 + place))
    revoked = ApiKey.objects.get(name="c")
    api_keys.revoke(account=owner.account, public_id=revoked.public_id)
    assert [key.name for key in keys_of(owner.account)] == ["d", "b", "Test", "c"]
    assert [key.account for key in keys_of(stranger.account)] == [stranger.account]


def test_public_ids_are_long_random_and_named() -> None:
    ids = {Account.objects.create(name="x").public_id for _ in range(50)}
    assert len(ids) == 50
    assert all(found.startswith("acct_") and len(found) == 31 for found in ids)
