"""The ledger as a file: complete, adding up, flat in memory, harmless in a spreadsheet, and the owner's alone."""

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from billing import exports, ledger, purchases
from billing.models import CreditAccount, CreditGrant, LedgerTxn
from tests.billing.shop import Shop
from tests.conftest import Owner
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db


def get(path: str, owner: Owner | None = None, client: Client | None = None) -> tuple[Any, str]:
    """The reply as the web server sends it, and its whole body."""

    async def ask() -> tuple[Any, str]:
        asking = AsyncClient()
        asking.cookies = client.cookies if client else asking.cookies
        reply = await asking.get(path, headers={"Authorization": f"Bearer {owner.key}"} if owner else {})
        if not reply.streaming:
            return reply, reply.content.decode()
        return reply, b"".join([part async for part in reply]).decode()

    return async_to_sync(ask)()


def work(owner: Owner) -> None:
    """One job that succeeds, one that fails, one that runs."""
    for job, end in (("rst_a", "capture"), ("rst_b", "release"), ("rst_c", "")):
        ledger.hold(account=owner.account, job=job)
        if end == "capture":
            ledger.capture(job=job)
        if end == "release":
            ledger.release(job=job, reason="corrupt_image")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_every_movement_with_the_balances_after_it(owner: Owner) -> None:
    work(owner)
    reply, text = get("/api/v1/ledger?format=csv", owner)
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    found = rows(text)
    assert [row["kind"] for row in found] == ["grant", "hold", "capture", "hold", "release", "hold"]
    assert [int(row["available"]) for row in found] == [5, 4, 4, 3, 4, 3]
    assert [int(row["held"]) for row in found] == [0, 1, 0, 1, 0, 1]
    assert [int(row["available_change"]) for row in found] == [5, -1, 0, -1, 1, -1]
    assert [row["job"] for row in found] == ["", "rst_a", "rst_a", "rst_b", "rst_b", "rst_c"]
    assert found[4]["reason"] == "corrupt_image"


def test_json_says_the_same(owner: Owner) -> None:
    work(owner)
    reply, text = get("/api/v1/ledger", owner)
    body = json.loads(text)
    assert reply["Content-Type"] == "application/json"
    assert body["account"] == owner.account.public_id
    as_csv = rows(get("/api/v1/ledger?format=csv", owner)[1])
    assert [{name: str(value) for name, value in row.items()} for row in body["movements"]] == as_csv


def test_an_account_without_movements(make_owner: Any) -> None:
    nobody = make_owner("new@example.org", credits=0)
    assert json.loads(get("/api/v1/ledger", nobody)[1])["movements"] == []
    assert get("/api/v1/ledger?format=csv", nobody)[1].splitlines() == [",".join(exports.COLUMNS)]


def test_a_purchase_has_its_receipt(shop: Shop) -> None:
    purchase = purchases.fulfill(shop.paid().stripe_session or "")
    found = rows(get("/api/v1/ledger?format=csv", shop.owner)[1])[0]
    assert (found["purchase"], found["receipt"]) == (purchase.public_id, purchase.receipt_url)


def test_a_debt_is_in_it(owner: Owner) -> None:
    from billing import clawback

    ledger.grant(
        account=owner.account, amount=2, kind=CreditGrant.Kind.PAID, source="purchase:pur_x", ref="pur_x"
    )
    ledger.hold(account=owner.account, job="rst_all", amount=7)
    ledger.capture(job="rst_all")
    clawback.reverse_to(account=owner.account, ref="pur_x", target=2, reason="refund")
    last = rows(get("/api/v1/ledger?format=csv", owner)[1])[-1]
    assert (last["kind"], last["purchase"], last["debt_change"], last["debt"]) == (
        "reverse",
        "pur_x",
        "2",
        "2",
    )


def test_each_batch_is_read_when_it_is_due(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(exports, "BATCH", 4)
    for number in range(10):
        ledger.hold(account=owner.account, job=f"rst_{number}", amount=1) if number < 5 else ledger.capture(
            job=f"rst_{number - 5}"
        )
    found = exports.batches(owner.account)
    with django_assert_num_queries(3):  # where it ends, movements, entries
        first = next(found)
    assert [row.seq for row in first] == [1, 2, 3, 4]
    # Booked after the export began: not in it.
    ledger.grant(account=owner.account, amount=1, kind=CreditGrant.Kind.PROMO, source="promo:late")
    rest = [row.seq for rows in found for row in rows]
    assert rest == [5, 6, 7, 8, 9, 10, 11]


def test_a_text_that_a_spreadsheet_would_calculate_is_quoted(owner: Owner) -> None:
    for number, reason in enumerate(('=HYPERLINK("x")', "+1", "-1", "@x", "\tx", "\rx", "a=b")):
        ledger.grant(
            account=owner.account,
            amount=1,
            kind=CreditGrant.Kind.ADJUST,
            source=f"adjust:{number}",
            reason=reason,
        )
    reasons = [row["reason"] for row in rows(get("/api/v1/ledger?format=csv", owner)[1])[1:]]
    assert reasons == ['\'=HYPERLINK("x")', "'+1", "'-1", "'@x", "'\tx", "'\rx", "a=b"]
    assert [row["reason"] for row in json.loads(get("/api/v1/ledger", owner)[1])["movements"]][
        1
    ] == '=HYPERLINK("x")'


def test_nothing_of_another_account(owner: Owner, stranger: Owner) -> None:
    work(stranger)
    text = get("/api/v1/ledger?format=csv", owner)[1]
    assert "rst_a" not in text
    assert len(rows(text)) == LedgerTxn.objects.filter(credit_account__account=owner.account).count()


def test_the_website_gives_the_same_file(signed_in: Client, owner: Owner) -> None:
    work(owner)
    reply, text = get("/billing/ledger.csv", client=signed_in)
    assert text == get("/api/v1/ledger?format=csv", owner)[1]
    assert reply["Content-Disposition"].startswith(
        f'attachment; filename="heirloom-ledger-{owner.account.public_id}'
    )
    assert "no-store" in reply["Cache-Control"]
    assert get("/billing/ledger.xlsx", client=signed_in)[0].status_code == 404


def test_who_may_not_see_money_gets_no_file(signed_in: Client, owner: Owner) -> None:
    Membership.objects.filter(account=owner.account).update(role=Membership.Role.DEVELOPER)
    assert get("/billing/ledger.csv", client=signed_in)[0].status_code == 403


def test_strangers_are_sent_away(client: Client, db: None) -> None:
    assert get("/billing/ledger.csv")[0].status_code == 302
    assert get("/api/v1/ledger")[0].status_code == 401


def test_an_unknown_format_is_refused(owner: Owner) -> None:
    reply, text = get("/api/v1/ledger?format=xml", owner)
    assert (reply.status_code, json.loads(text)["code"]) == (400, "invalid_format")


def test_the_last_row_is_the_balance(owner: Owner) -> None:
    work(owner)
    last = json.loads(get("/api/v1/ledger", owner)[1])["movements"][-1]
    row = CreditAccount.objects.get(account=owner.account)
    assert (last["available"], last["held"], last["debt"]) == (row.available, row.held, row.debt)
