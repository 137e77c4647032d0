"""Mails about money: written with their cause, sent once, tried again when the mail server fails."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing import mails
from billing.models import BillingMail
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
CONTEXT = {"available": 1, "threshold": 5}


def write(owner: Owner, key: str = "low:1") -> BillingMail:
    mails.write(account=owner.account, kind="low_balance", key=key, context=CONTEXT)
    return BillingMail.objects.get(key=key)


def test_the_same_cause_writes_one_and_sends_one(owner: Owner) -> None:
    first = write(owner)
    assert write(owner).pk == first.pk
    assert mails.send(first.pk)
    assert not mails.send(first.pk)
    assert mails.send_due() == 0
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_is_not_written(owner: Owner) -> None:
    with transaction.atomic():
        write(owner)
        transaction.set_rollback(True)
    assert mails.send_due() == 0
    assert BillingMail.objects.count() == 0


def test_a_mail_server_that_fails_is_asked_again(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    row = write(owner)

    def refuse(*_: Any) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert mails.send_due() == 0
    assert mails.send_due() == 0  # not at once
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert mails.send_due() == 1
    row.refresh_from_db()
    assert (row.attempts, len(mail.outbox)) == (2, 1)
    assert row.sent_at is not None


def test_after_an_hour_of_failures_it_is_given_up(owner: Owner) -> None:
    row = write(owner)
    BillingMail.objects.filter(pk=row.pk).update(attempts=mails.MAX_ATTEMPTS)
    assert mails.send_due() == 0
    assert not mails.send(row.pk)


def test_an_account_without_readers_sends_nothing(owner: Owner) -> None:
    User.objects.filter(pk=owner.user.pk).update(is_active=False)
    write(owner)
    mails.send_due()
    assert mail.outbox == []
    assert BillingMail.objects.get().sent_at is not None
