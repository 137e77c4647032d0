"""Trial credits come once for an address, whatever becomes of the account, and once for an account."""

from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client

from accounts.models import Account, User
from accounts.services import account_for_email
from billing.models import CreditGrant
from billing.selectors import balance
from billing.trial import grant_trial
from tests.accounts.signing_up import confirm, sign_up
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db


def verified_account(email: str, mailoutbox: list[Any]) -> Account:
    client = Client()
    sign_up(client, email)
    confirm(client, mailoutbox[-1].body)
    return Account.objects.get(memberships__user__email=email.lower())


@pytest.mark.parametrize("again", ["dora@example.org", "DORA@Example.ORG"])
def test_a_deleted_user_gets_no_second_trial(mailoutbox: list[Any], again: str) -> None:
    assert balance(verified_account("dora@example.org", mailoutbox)).available == 3
    User.objects.all().delete()
    assert balance(verified_account(again, mailoutbox)).available == 0
    assert CreditGrant.objects.count() == 1


def test_addresses_are_compared_without_case_and_spaces() -> None:
    one, two = Account.objects.create(name="1"), Account.objects.create(name="2")
    assert grant_trial(account=one, email="dora@example.org")
    assert not grant_trial(account=two, email=" Dora@EXAMPLE.org ")
    assert balance(two).available == 0


def test_a_second_address_of_one_account_brings_nothing(mailoutbox: list[Any]) -> None:
    account = verified_account("dora@example.org", mailoutbox)
    assert not grant_trial(account=account, email="dora2@example.org")
    assert balance(account).available == 3


def test_the_second_address_keeps_its_trial_for_an_account_of_its_own(mailoutbox: list[Any]) -> None:
    account = verified_account("dora@example.org", mailoutbox)
    grant_trial(account=account, email="eve@example.org")
    assert balance(verified_account("eve@example.org", mailoutbox)).available == 3


def test_the_grant_does_not_tell_the_address(settings: Any) -> None:
    account = Account.objects.create(name="1")
    grant_trial(account=account, email="dora@example.org")
    source = CreditGrant.objects.get().source
    settings.TRIAL_PEPPER = "another" * 6
    grant_trial(account=Account.objects.create(name="2"), email="dora@example.org")
    assert CreditGrant.objects.filter(source=source).count() == 1
    assert CreditGrant.objects.count() == 2  # without the pepper nobody can tell that it is the same address


def test_no_trial_where_it_is_switched_off(settings: Any) -> None:
    settings.TRIAL_CREDITS = 0
    account = Account.objects.create(name="1")
    assert not grant_trial(account=account, email="dora@example.org")
    assert not CreditGrant.objects.exists()


def test_an_account_made_from_the_shell_gets_none() -> None:
    call_command("issue_api_key", email="shell@example.org", name="Shell", stdout=StringIO())
    assert balance(account_for_email(email="shell@example.org")).available == 0
    assert not EmailAddress.objects.exists()
