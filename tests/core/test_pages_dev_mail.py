"""The development mail page shows what the file backend wrote, umlauts and all."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client

from core.dev_mail import stored_mail
from tests.website import plain_static_files, text_of  # noqa: F401


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MAIL_DIR = tmp_path
    return tmp_path


def send(folder: Path, *subjects: str) -> None:
    """As one connection does: all messages in one file."""
    body = "Grüße · öffnen: http://127.0.0.1:8000/accounts/confirm-email/abc/"
    messages = [EmailMessage(subject, body, "a@example.org", ["ada@example.org"]) for subject in subjects]
    EmailBackend(file_path=str(folder)).send_messages(messages)


def test_links_can_be_followed(client: Client, folder: Path) -> None:
    send(folder, "Bestätigen")
    page = client.get("/dev/mail/")
    assert "Bestätigen" in text_of(page)
    assert "Grüße · öffnen" in text_of(page)
    assert 'href="http://127.0.0.1:8000/accounts/confirm-email/abc/"' in page.content.decode()


def test_every_message_of_a_file(folder: Path) -> None:
    send(folder, "one", "two")
    send(folder, "three")
    assert {mail.subject for mail in stored_mail(folder)} == {"one", "two", "three"}


def test_no_folder_yet(client: Client, folder: Path, settings: Any) -> None:
    settings.MAIL_DIR = folder / "none"
    assert "No mail yet" in text_of(client.get("/dev/mail/"))


def test_production_has_no_such_page(client: Client, folder: Path, settings: Any) -> None:
    settings.PRODUCTION = True
    assert client.get("/dev/mail/").status_code == 404


def test_markup_in_a_mail_stays_text(client: Client, folder: Path) -> None:
    send(folder, "<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/dev/mail/").content.decode()
