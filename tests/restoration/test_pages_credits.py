"""The statement: every movement with its job, adding up from the opening balance to the present one."""

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.models import CreditAccount, CreditGrant
from restoration.statement import statement
from tests.conftest import Owner
from tests.restoration import jobs
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_rows_add_up(owner: Owner) -> None:
    jobs.succeeded(owner)
    jobs.failed(owner)
    jobs.queued(owner)
    found = statement(owner.account)
    assert [line.txn.kind for line in found.lines] == ["hold", "release", "hold", "capture", "hold", "grant"]
    assert [line.balance for line in found.lines] == [3, 4, 3, 4, 4, 5]
    assert sum(line.available for line in found.lines) + found.opening == 3
    assert sum(line.held for line in found.lines) == 1
    assert (found.spent, found.opening, found.before) == (1, 0, 0)


def test_pages_of_the_statement_meet(owner: Owner) -> None:
    jobs.succeeded(owner)
    jobs.failed(owner)
    newest = statement(owner.account, size=2)
    older = statement(owner.account, before=newest.before, size=2)
    oldest = statement(owner.account, before=older.before, size=2)
    assert (newest.opening, older.opening) == (older.lines[0].balance, oldest.lines[0].balance)
    assert (oldest.opening, oldest.before) == (0, 0)
    assert {newest.spent, older.spent, oldest.spent} == {1}


def test_a_row_links_to_its_photo(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    html = signed_in.get(reverse("restoration:credits")).content.decode()
    assert html.count(f'href="{reverse("restoration:detail", args=[job.public_id])}"') == 2


def test_the_balance_is_one_sentence(signed_in: Client, owner: Owner) -> None:
    jobs.succeeded(owner)
    jobs.queued(owner)
    shown = text_of(signed_in.get(reverse("restoration:credits")))
    assert "3 credits available, 1 held for photos in progress, 1 spent." in shown


def test_a_debt_is_explained(signed_in: Client, owner: Owner) -> None:
    CreditAccount.objects.filter(account=owner.account).update(available=0, debt=2)
    shown = text_of(signed_in.get(reverse("restoration:credits")))
    assert "2 owed after a refund or dispute" in shown
    assert "The next credits repay that first" in shown


def test_packs_with_prices(signed_in: Client) -> None:
    shown = text_of(signed_in.get(reverse("restoration:credits")))
    for text in (
        "Buy 10 credits, $5.00",
        "Buy 50 credits, $20.00",
        "Buy 200 credits, $60.00",
        "$0.30 a photo",
    ):
        assert text in shown


def test_nothing_of_another_account(signed_in: Client, stranger: Owner) -> None:
    job = jobs.succeeded(stranger)
    assert job.public_id not in signed_in.get(reverse("restoration:credits")).content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "0"])
def test_a_broken_mark_is_the_first_page(signed_in: Client, before: str) -> None:
    shown = signed_in.get(reverse("restoration:credits"), {"before": before})
    assert "Opening balance" in text_of(shown)


def test_promotional_credits_are_named(owner: Owner) -> None:
    ledger.grant(account=owner.account, amount=2, kind=CreditGrant.Kind.PROMO, source="promo:x")
    assert statement(owner.account).lines[0].text == "Promotional credits"
