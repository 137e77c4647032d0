"""The statement: every movement with its job, adding up from the opening balance to the present one."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from billing import clawback, ledger
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


def test_what_became_of_each_hold_is_said_beside_it(signed_in: Client, owner: Owner) -> None:
    spent, failed, running = jobs.succeeded(owner), jobs.failed(owner), jobs.queued(owner)
    states = {line.job: line.hold.state for line in statement(owner.account).lines if line.hold}
    assert states == {spent.public_id: "captured", failed.public_id: "released", running.public_id: "held"}
    shown = text_of(signed_in.get(reverse("restoration:credits")))
    for job, words in ((spent, "→ spent"), (failed, "→ given back"), (running, "→ in progress")):
        assert f"Held for photo …{job.public_id[-6:]} {words}" in shown


def test_credits_are_listed_in_the_order_they_are_spent_with_their_expiry(
    signed_in: Client, owner: Owner
) -> None:
    for number, days in ((1, 20), (2, 10)):
        ledger.grant(
            account=owner.account,
            amount=number,
            kind=CreditGrant.Kind.PROMO,
            source=f"promo:{number}",
            expires_at=datetime(2031, 5, days, 9, 30, tzinfo=UTC),
        )
    page = signed_in.get(reverse("restoration:credits"))
    assert [grant.amount for grant in page.context["grants"]] == [2, 1, 5]
    assert "10 May 2031, 09:30" in text_of(page)
    assert "They are spent in this order." in text_of(page)


def test_used_up_grants_are_not_listed(signed_in: Client, owner: Owner) -> None:
    for _ in range(5):
        jobs.succeeded(owner)
    assert "They are spent in this order." not in text_of(signed_in.get(reverse("restoration:credits")))


def test_a_debt_names_its_purchases(signed_in: Client, owner: Owner) -> None:
    ledger.grant(
        account=owner.account,
        amount=3,
        kind=CreditGrant.Kind.PAID,
        source="purchase:pur_abcdef",
        ref="pur_abcdef",
    )
    ledger.hold(account=owner.account, job="rst_all", amount=8)
    ledger.capture(job="rst_all")
    clawback.reverse_to(account=owner.account, ref="pur_abcdef", target=3, reason="refund")
    page = signed_in.get(reverse("restoration:credits"))
    assert "3 credits are owed for purchase …abcdef" in text_of(page)
    assert f'href="{reverse("billing:purchase", args=["pur_abcdef"])}"' in page.content.decode()
