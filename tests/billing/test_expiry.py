"""Grants past their expiry leave the balance without anybody spending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import expiry, ledger
from billing.audit import problems
from billing.models import CreditAccount, CreditGrant
from billing.selectors import balance
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def grant(owner: Owner, amount: int, source: str, *, hours: int, kind: str = "promo") -> None:
    ledger.grant(
        account=owner.account,
        amount=amount,
        kind=CreditGrant.Kind(kind),
        source=source,
        expires_at=timezone.now() + timedelta(hours=hours),
    )


def test_what_is_due_lapses_in_every_account_and_the_rest_stays(owner: Owner, stranger: Owner) -> None:
    for who in (owner, stranger):
        grant(who, 3, f"over:{who.account.pk}", hours=-1)
        grant(who, 2, f"later:{who.account.pk}", hours=1, kind="paid")
    assert expiry.lapse_due() == 6
    for who in (owner, stranger):
        assert balance(who.account).available == 5 + 2
        assert problems(who.account) == []
    assert expiry.lapse_due() == 0


def test_what_is_held_lapses_when_it_comes_back(owner: Owner) -> None:
    grant(owner, 1, "over", hours=1)
    ledger.hold(account=owner.account, job="rst_1")
    CreditGrant.objects.filter(source="over").update(expires_at=timezone.now())
    assert expiry.lapse_due() == 0
    ledger.release(job="rst_1", reason="failed")
    assert balance(owner.account).as_dict() == {"available": 5, "held": 0, "debt": 0}
    assert problems(owner.account) == []


def test_an_account_that_fails_holds_up_no_other(
    owner: Owner, stranger: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (owner, stranger):
        grant(who, 3, f"over:{who.account.pk}", hours=-1)
    lapse = ledger.lapse

    def broken(row: CreditAccount) -> int:
        if row.account_id == owner.account.pk:
            raise RuntimeError("broken")
        return lapse(row)

    monkeypatch.setattr(ledger, "lapse", broken)
    assert expiry.lapse_due() == 3
    assert balance(stranger.account).available == 5


def test_an_account_is_taken_up_once_however_many_of_its_grants_are_due(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        grant(owner, 3, f"over:{number}", hours=-1)
    lapse, taken_up = ledger.lapse, []

    def counted(row: CreditAccount) -> int:
        taken_up.append(row.account_id)
        return lapse(row)

    monkeypatch.setattr(ledger, "lapse", counted)
    assert expiry.lapse_due() == 9
    assert taken_up == [owner.account.pk]
