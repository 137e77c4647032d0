"""The low-balance mail: once a crossing, again only after the balance rose, to those who look after the money."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import Account, Membership, User
from billing import balance_notices, ledger, mails
from billing.models import BalanceNotice, BillingMail, CreditAccount, CreditGrant
from core.errors import AppError
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten(make_owner: Callable[..., Owner]) -> Owner:
    """An account with 10 credits that wants to hear of fewer than 5."""
    owner = make_owner(credits=10)
    balance_notices.set_threshold(account=owner.account, threshold=5)
    return owner


def spend(owner: Owner, credits: int) -> None:
    job = f"rst_{CreditAccount.objects.get(account=owner.account).last_seq}"
    ledger.hold(account=owner.account, job=job, amount=credits)
    ledger.capture(job=job)


def grant(owner: Owner, credits: int) -> None:
    source = f"promo:{CreditAccount.objects.get(account=owner.account).last_seq}"
    ledger.grant(account=owner.account, amount=credits, kind=CreditGrant.Kind.PROMO, source=source)


def observe(owner: Owner) -> bool:
    return balance_notices.observe(owner.account)


def test_a_mail_when_it_falls_below_and_none_before(ten: Owner) -> None:
    spend(ten, 5)
    assert not observe(ten)
    spend(ten, 1)
    assert observe(ten)
    assert mails.send_due() == 1
    message = mail.outbox[0]
    assert (message.subject, message.to) == ("4 credits left at Heirloom", [ten.user.email])
    assert "Your balance is 4 credits, below the 5" in str(message.body)
    assert "/credits/" in str(message.body)


def test_one_mail_for_one_crossing(ten: Owner) -> None:
    for _ in range(3):
        spend(ten, 3)
        observe(ten)
        observe(ten)
    assert BillingMail.objects.count() == 1


def test_again_after_it_rose(ten: Owner) -> None:
    spend(ten, 8)
    assert observe(ten)
    grant(ten, 3)
    assert not observe(ten)
    spend(ten, 1)
    assert observe(ten)


def test_again_though_nobody_looked_while_it_was_up(ten: Owner) -> None:
    spend(ten, 8)
    assert observe(ten)
    grant(ten, 3)
    spend(ten, 2)
    assert observe(ten)


def test_not_again_where_it_rose_too_little(ten: Owner) -> None:
    spend(ten, 8)
    assert observe(ten)
    grant(ten, 2)
    spend(ten, 1)
    assert not observe(ten)


def test_a_held_credit_that_comes_back_counts_as_it_is(ten: Owner) -> None:
    ledger.hold(account=ten.account, job="rst_held", amount=6)
    assert observe(ten)
    ledger.release(job="rst_held", reason="failed")
    assert not observe(ten)
    assert not BalanceNotice.objects.get().below


def test_below_already_when_it_is_set_says_nothing(make_owner: Callable[..., Owner]) -> None:
    owner = make_owner(credits=3)
    balance_notices.set_threshold(account=owner.account, threshold=5)
    assert not observe(owner)
    spend(owner, 1)
    assert not observe(owner)


def test_who_asked_for_nothing_hears_nothing(owner: Owner) -> None:
    spend(owner, 5)
    assert not observe(owner)
    balance_notices.set_threshold(account=owner.account, threshold=2)
    balance_notices.set_threshold(account=owner.account, threshold=None)
    assert not observe(owner)


@pytest.mark.parametrize("threshold", [0, -1, 1_000_001])
def test_a_threshold_outside_its_bounds_is_refused(owner: Owner, threshold: int) -> None:
    with pytest.raises(AppError, match="between 1 and"):
        balance_notices.set_threshold(account=owner.account, threshold=threshold)


def test_the_sweeper_sees_credits_expire(make_owner: Callable[..., Owner]) -> None:
    owner = make_owner(credits=0)
    soon = timezone.now() + timedelta(days=1)
    ledger.grant(
        account=owner.account, amount=9, kind=CreditGrant.Kind.PROMO, source="promo:soon", expires_at=soon
    )
    balance_notices.set_threshold(account=owner.account, threshold=5)
    assert balance_notices.sweep() == 0
    with time_machine.travel(soon + timedelta(seconds=1)):
        ledger.lapse(CreditAccount.objects.get(account=owner.account))
        assert balance_notices.sweep() == 1
        assert balance_notices.sweep() == 0


def test_one_account_that_fails_keeps_no_other_waiting(
    make_owner: Callable[..., Owner], monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = [make_owner(f"{name}@example.org", credits=9) for name in ("ann", "ben", "cem")]
    for number, owner in enumerate(owners):
        balance_notices.set_threshold(account=owner.account, threshold=9)
        ledger.hold(account=owner.account, job=f"rst_of_{number}", amount=1)
    look = balance_notices.observe

    def failing(account: Account) -> bool:
        if account == owners[0].account:
            raise RuntimeError("broken")
        return look(account)

    monkeypatch.setattr(balance_notices, "observe", failing)
    assert balance_notices.sweep() == 2


def test_it_goes_to_those_who_look_after_the_money(ten: Owner) -> None:
    for role in ("billing", "developer", "viewer"):
        user = User.objects.create_user(f"{role}@example.org")
        Membership.objects.create(account=ten.account, user=user, role=role)
    spend(ten, 9)
    observe(ten)
    mails.send_due()
    assert mail.outbox[0].to == [ten.user.email, "billing@example.org"]
    assert mail.outbox[0].subject == "1 credit left at Heirloom"
