"""The operators' pages: they look, they revoke a key, and they rewrite no money."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from billing import ledger
from billing.audit import problems
from billing.models import CreditAccount, CreditGrant, Hold, LedgerTxn
from tests.conftest import Owner
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    user = User.objects.create_superuser("operator@example.org", "correct-horse-7")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("model", [CreditAccount, CreditGrant, Hold, LedgerTxn])
def test_money_is_looked_at_only(operator: Client, owner: Owner, model: Any) -> None:
    ledger.hold(account=owner.account, job="rst_1")
    row = model.objects.latest("pk")
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert operator.get(reverse(f"{place}_changelist")).status_code == 200
    assert operator.get(reverse(f"{place}_change", args=[row.pk])).status_code == 200
    for action, args in (("add", []), ("change", [row.pk]), ("delete", [row.pk])):
        reply = operator.post(reverse(f"{place}_{action}", args=args), {"amount": 99, "post": "yes"})
        assert reply.status_code == 403
    assert problems(owner.account) == []


def test_a_key_can_be_revoked_and_not_made_or_moved(operator: Client, owner: Owner, stranger: Owner) -> None:
    change = reverse("admin:accounts_apikey_change", args=[owner.key_row.pk])
    page = operator.get(change)
    assert owner.key_row.digest not in page.content.decode()
    fields = {"revoked_at_0": "2020-01-01", "revoked_at_1": "00:00:00", "account": stranger.account.pk}
    assert operator.post(change, fields).status_code == 302
    row = ApiKey.objects.get(pk=owner.key_row.pk)
    assert row.revoked_at is not None
    assert row.account == owner.account
    assert operator.get(reverse("admin:accounts_apikey_add")).status_code == 403


def test_a_customer_is_not_let_in(signed_in: Client) -> None:
    assert signed_in.get(reverse("admin:index")).status_code in (302, 403)
    assert signed_in.get(reverse("admin:billing_creditaccount_changelist")).status_code in (302, 403)


def test_signing_in_goes_where_tries_are_counted(client: Client) -> None:
    reply = client.get("/admin/login/?next=/admin/")
    assert reply.status_code == 302
    assert reply["Location"].startswith("/accounts/login/")
