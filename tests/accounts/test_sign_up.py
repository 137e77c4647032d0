"""What sign-up and confirmation leave in the database. The pages themselves: test_pages_sign_in."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError
from django.test import Client

from accounts.models import Account, Membership, User
from billing import trial
from billing.models import CreditGrant
from billing.selectors import balance
from tests.accounts.signing_up import PASSWORD, confirm, link_in, sign_up
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
DASHBOARD = "/dashboard/"


def test_sign_up_makes_user_personal_account_and_mail(client: Client, mailoutbox: list[Any]) -> None:
    reply = sign_up(client, "Dora@Example.org")
    assert reply.status_code == 302
    user = User.objects.get()
    assert user.email == "dora@example.org"
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, Membership.Role.OWNER)
    assert len(mailoutbox) == 1
    assert mailoutbox[0].to == ["dora@example.org"]
    assert link_in(mailoutbox[0].body).startswith("/accounts/confirm-email/")


def test_before_confirmation_there_are_no_credits_and_no_dashboard(client: Client) -> None:
    sign_up(client, "dora@example.org")
    assert balance(Account.objects.get()).available == 0
    reply = client.get(DASHBOARD)
    assert reply.status_code == 302
    assert reply["Location"].startswith("/accounts/login/")
    login = client.post("/accounts/login/", {"login": "dora@example.org", "password": PASSWORD})
    assert login["Location"].startswith("/accounts/confirm-email/")
    assert client.get(DASHBOARD).status_code == 302


def test_the_grant_does_not_tell_the_address(client: Client, mailoutbox: list[Any]) -> None:
    sign_up(client, "dora@example.org")
    assert confirm(client, mailoutbox[0].body).status_code == 302
    assert EmailAddress.objects.get().verified
    assert balance(Account.objects.get()).available == 3
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.amount) == (CreditGrant.Kind.TRIAL, 3)
    assert "dora" not in grant.source


def test_a_wrong_link_confirms_nothing(client: Client, mailoutbox: list[Any]) -> None:
    sign_up(client, "dora@example.org")
    path = link_in(mailoutbox[0].body)
    reply = client.post(path[:-3] + ("aa/" if path[-3:] != "aa/" else "bb/"))
    assert reply.status_code in (302, 404)
    assert not EmailAddress.objects.get().verified


def test_credits_and_confirmation_come_together(
    client: Client, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client, "dora@example.org")

    def broken(**_: Any) -> bool:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(trial.ledger, "grant", broken)
        client.raise_request_exception = False
        assert confirm(client, mailoutbox[0].body).status_code == 500
    assert not EmailAddress.objects.get().verified
    confirm(client, mailoutbox[0].body)
    assert balance(Account.objects.get()).available == 3


@pytest.mark.parametrize("password", ["short7", "password123", "8374659283", "dora@example"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    reply = client.post("/accounts/signup/", {"email": "dora@example.org", "password1": password})
    assert reply.status_code == 200
    assert not User.objects.exists()
