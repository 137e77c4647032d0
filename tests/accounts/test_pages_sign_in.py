"""Sign-up, the mailed link, the trial credits, signing in and out, and a new password."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.selectors import account_of
from billing.selectors import balance
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "ada@example.org", "correct-horse-7"


def link_of(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found, message.body
    return found[1]


def sign_up(client: Client, email: str = EMAIL) -> Any:
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})


def confirm(client: Client) -> Any:
    return client.post(link_of(mail.outbox[-1]))


def credits_of(email: str) -> int:
    return balance(account_of(User.objects.get(email=email))).available


def test_the_link_confirms_and_brings_trial_credits(client: Client) -> None:
    assert sign_up(client).status_code == 302
    assert credits_of(EMAIL) == 0
    page = client.get(link_of(mail.outbox[0]))
    assert EMAIL in text_of(page)
    assert credits_of(EMAIL) == 0  # opening the link is not enough: mail scanners open links
    assert confirm(client).status_code == 302
    assert credits_of(EMAIL) == 3
    assert client.get(reverse("restoration:dashboard")).status_code == 200


def test_a_used_link_brings_nothing(client: Client) -> None:
    sign_up(client)
    confirm(client)
    confirm(client)
    assert credits_of(EMAIL) == 3
    page = Client().get(link_of(mail.outbox[0]))
    assert "does not work any more" in text_of(page)


def test_an_unconfirmed_address_cannot_sign_in(client: Client) -> None:
    sign_up(client)
    client.logout()
    client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    assert client.get(reverse("restoration:dashboard")).status_code == 302


def test_signing_in_and_out(client: Client) -> None:
    sign_up(client)
    confirm(client)
    client.post(reverse("account_logout"))
    assert client.get(reverse("restoration:dashboard")).status_code == 302
    reply = client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    assert reply["Location"] == reverse("restoration:dashboard")


def test_signing_out_takes_a_post(client: Client) -> None:
    sign_up(client)
    confirm(client)
    assert "Stay signed in" in text_of(client.get(reverse("account_logout")))
    assert client.get(reverse("restoration:dashboard")).status_code == 200


def test_a_wrong_password_says_so(client: Client) -> None:
    sign_up(client)
    confirm(client)
    stranger = Client()
    page = stranger.post(reverse("account_login"), {"login": EMAIL, "password": "wrong"})
    assert page.status_code == 200
    assert "not correct" in text_of(page)


def test_a_known_address_is_not_given_away(client: Client) -> None:
    sign_up(client)
    confirm(client)
    cache.clear()  # at most one mail to an address in three minutes
    first, again = sign_up(Client(), "bob@example.org"), sign_up(Client())
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert "already" in mail.outbox[-1].subject
    assert User.objects.filter(email=EMAIL).count() == 1


def test_a_new_password_by_mail(client: Client) -> None:
    sign_up(client)
    confirm(client)
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": EMAIL})
    form = client.get(link_of(mail.outbox[-1]), follow=True)
    address = form.redirect_chain[-1][0]
    done = client.post(address, {"password1": "another-horse-8", "password2": "another-horse-8"}, follow=True)
    assert "changed" in text_of(done)
    reply = client.post(reverse("account_login"), {"login": EMAIL, "password": "another-horse-8"})
    assert reply["Location"] == reverse("restoration:dashboard")


def test_an_unknown_address_gets_a_mail_that_says_so(client: Client) -> None:
    reply = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)
    assert "We sent you a link" in text_of(reply)
    assert "No Heirloom account" in mail.outbox[-1].subject
