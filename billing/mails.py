"""Mails about money: written in the transaction of their cause, sent by a worker until they are out.

A worker that dies between sending and noting it sends twice; none is lost.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Account, Membership, User
from billing import payers
from billing.models import BillingMail
from core import hints

log = structlog.get_logger(__name__)
RETRY = timedelta(minutes=5)
MAX_ATTEMPTS = 12


def write(*, account: Account, kind: str, key: str, context: dict[str, Any]) -> None:
    """Have a mail sent once the caller's transaction commits; the same key writes one.

    `kind` names the templates `billing/mail/KIND_{subject,message}.txt`; `context` goes to JSON.
    """
    mail, made = BillingMail.objects.get_or_create(
        key=key, defaults={"account": account, "kind": kind, "context": context}
    )
    if made:
        transaction.on_commit(lambda: _publish(mail.pk), robust=True)


def send(pk: int) -> bool:
    """Send one mail if it is due. Whether it went out now."""
    now = timezone.now()
    # Claimed first, in one statement: of two workers one sends, and a failed try is repeated later.
    claimed = BillingMail.objects.filter(
        pk=pk, sent_at=None, next_at__lte=now, attempts__lt=MAX_ATTEMPTS
    ).update(attempts=F("attempts") + 1, next_at=now + RETRY)
    if not claimed:
        return False
    mail = BillingMail.objects.select_related("account").get(pk=pk)
    readers = list(readers_of(mail.account))
    try:
        if readers:
            _message(mail, readers).send()
    except Exception as exc:  # whatever the mail server or its library raises
        log.warning("mail_not_sent", mail=mail.key, error=str(exc))
        return False
    return bool(BillingMail.objects.filter(pk=pk, sent_at=None).update(sent_at=timezone.now()))


def send_due() -> int:
    """Send what is due: lost hints, mail servers that did not answer. How many went out."""
    due = BillingMail.objects.filter(sent_at=None, next_at__lte=timezone.now(), attempts__lt=MAX_ATTEMPTS)
    return sum(send(pk) for pk in list(due.order_by("next_at").values_list("pk", flat=True)[:200]))


def readers_of(account: Account) -> list[User]:
    """Who hears about the account's money: owners first, then those who look after it."""
    members = Membership.objects.filter(account=account, role__in=payers.ROLES, user__is_active=True)
    found = sorted(members.select_related("user"), key=lambda one: (payers.ROLES.index(one.role), one.pk))
    return [member.user for member in found]


def _message(mail: BillingMail, readers: list[User]) -> EmailMessage:
    context = {**mail.context, "account": mail.account.public_id, "site": settings.PUBLIC_URL}
    # In the language of whoever owns the account.
    with translation.override(readers[0].language):
        subject = render_to_string(f"billing/mail/{mail.kind}_subject.txt", context)
        body = render_to_string(f"billing/mail/{mail.kind}_message.txt", context)
    return EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[user.email for user in readers])


def _publish(pk: int) -> None:
    from billing.tasks import send_mail_task  # tasks import the services, which import this

    hints.send(send_mail_task, pk)
