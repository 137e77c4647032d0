"""The mail that a development instance would have sent, as a page. Not routed in production."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

NEWEST = 50
# Django's file backend writes this line after every message.
END_OF_MESSAGE = b"-" * 79


@dataclass(frozen=True)
class Mail:
    """One message as its reader would see it."""

    subject: str
    to: str
    sent: datetime
    body: str


def stored_mail(folder: Path) -> list[Mail]:
    """The newest messages in a folder of the file backend, newest first."""
    files = sorted(folder.glob("*.log"), reverse=True)[:NEWEST] if folder.is_dir() else []
    found = [mail for path in files for mail in _messages(path)]
    return sorted(found, key=lambda mail: mail.sent, reverse=True)[:NEWEST]


def _messages(path: Path) -> Iterator[Mail]:
    for content in path.read_bytes().split(END_OF_MESSAGE):
        if not content.strip():
            continue
        message = message_from_bytes(content.lstrip(b"\n"), policy=policy.default)
        body = message.get_body(("plain",))
        yield Mail(
            subject=str(message["Subject"]),
            to=str(message["To"]),
            sent=message["Date"].datetime,
            body=body.get_content().strip() if body is not None else "",
        )


@require_safe
@never_cache
def dev_mail(request: HttpRequest) -> HttpResponse:
    """Every message that this instance wrote to disk instead of sending."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "core/dev_mail.html", {"mails": stored_mail(Path(settings.MAIL_DIR))})
