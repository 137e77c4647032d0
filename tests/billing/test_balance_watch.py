"""A hold that leaves too little sends a worker a hint, once it is committed and only where somebody wants to know."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from accounts import key_caps
from billing import balance_notices, mails, spending, tasks
from billing.errors import KeyCapReached
from core import hints
from tests.billing.top_ups import TopUps
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
Capture = Callable[..., Any]


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Name and argument of each hint instead of a broker."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(hints, "send", lambda task, pk: found.append((task.name.rsplit(".", 1)[1], pk)))
    return found


def test_nobody_asked_and_nothing_is_sent(
    owner: Owner, hinted: list[Any], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        spending.hold(account=owner.account, job="rst_1", amount=5)
    assert hinted == []


def test_below_the_threshold_of_a_notice(
    owner: Owner, hinted: list[Any], django_capture_on_commit_callbacks: Capture
) -> None:
    balance_notices.set_threshold(account=owner.account, threshold=4)
    with django_capture_on_commit_callbacks(execute=True):
        spending.hold(account=owner.account, job="rst_1")
    assert hinted == []
    with django_capture_on_commit_callbacks(execute=True):
        spending.hold(account=owner.account, job="rst_2")
    assert hinted == [("watch_balance_task", owner.account.pk)]


def test_what_is_rolled_back_sends_nothing(
    owner: Owner, hinted: list[Any], django_capture_on_commit_callbacks: Capture
) -> None:
    balance_notices.set_threshold(account=owner.account, threshold=5)
    key_caps.set_cap(key=owner.key_row, monthly_credits=0)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(KeyCapReached):
        spending.hold(account=owner.account, job="rst_1", api_key=owner.key_row)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        spending.hold(account=owner.account, job="rst_2")
        transaction.set_rollback(True)
    assert hinted == []


def test_the_worker_mails_and_tops_up(
    top_ups: TopUps, hinted: list[Any], django_capture_on_commit_callbacks: Capture
) -> None:
    account = top_ups.shop.owner.account
    top_ups.give(10)
    balance_notices.set_threshold(account=account, threshold=5)
    with django_capture_on_commit_callbacks(execute=True):
        top_ups.agree()
        spending.hold(account=account, job="rst_1", amount=6)
    assert hinted == [("watch_balance_task", account.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.watch_balance_task(account.pk)
    assert (top_ups.shop.available, top_ups.mails()) == (54, ["low_balance", "top_up_paid"])
    assert [name for name, _ in hinted[1:]] == ["send_mail_task", "send_mail_task"]
    for _, pk in hinted[1:]:
        tasks.send_mail_task(pk)
    assert len(mail.outbox) == 2
    assert mails.send_due() == 0


def test_the_sweep_does_it_all_without_a_hint(top_ups: TopUps) -> None:
    account = top_ups.shop.owner.account
    top_ups.give(10)
    balance_notices.set_threshold(account=account, threshold=5)
    top_ups.agree()
    top_ups.spend(6)
    tasks.sweep_balances_task()
    assert (top_ups.shop.available, len(mail.outbox)) == (54, 2)
