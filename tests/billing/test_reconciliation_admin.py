"""Operators read findings and explain them, and can do nothing else to them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import findings
from billing.models import ReconciliationFinding
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
State = ReconciliationFinding.State


@pytest.fixture
def finding() -> ReconciliationFinding:
    findings.record("charge", {"ch_1": "700 usd, ordered 500"})
    return ReconciliationFinding.objects.get()


@pytest.fixture
def operator(client: Client) -> Client:
    user = User.objects.create_user("operator@example.org", "x", is_staff=True, is_superuser=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(finding: ReconciliationFinding, name: str = "change") -> str:
    return reverse(f"admin:billing_reconciliationfinding_{name}", args=[finding.pk])


def test_it_is_shown(operator: Client, finding: ReconciliationFinding) -> None:
    listed = operator.get(reverse("admin:billing_reconciliationfinding_changelist")).content.decode()
    for text in ("ch_1", "700 usd, ordered 500", "Unexplained"):
        assert text in listed


def test_it_is_explained_by_whoever_is_signed_in(operator: Client, finding: ReconciliationFinding) -> None:
    assert (
        operator.post(page(finding), {"explanation": "Sold by telephone.", "detail": "x"}).status_code == 302
    )
    finding.refresh_from_db()
    assert (finding.state, finding.explanation) == (State.EXPLAINED, "Sold by telephone.")
    assert (finding.explained_by, finding.detail) == (User.objects.get(), "700 usd, ordered 500")


def test_not_without_words(operator: Client, finding: ReconciliationFinding) -> None:
    assert operator.post(page(finding), {"explanation": " "}).status_code == 200
    finding.refresh_from_db()
    assert finding.state == State.OPEN


def test_it_is_neither_made_nor_deleted_by_hand(operator: Client, finding: ReconciliationFinding) -> None:
    assert operator.get(reverse("admin:billing_reconciliationfinding_add")).status_code == 403
    assert operator.post(page(finding, "delete"), {"post": "yes"}).status_code == 403
