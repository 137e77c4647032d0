"""Going through allauth's pages as a browser would, without one."""

import re
from typing import Any

from django.test import Client

PASSWORD = "correct-horse-battery-7"


def sign_up(client: Client, email: str) -> Any:
    """Send the sign-up form."""
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})


def link_in(text: str) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None, text
    return found[1]


def confirm(client: Client, text: str) -> Any:
    """Open the link of a confirmation mail and press its button."""
    return client.post(link_in(text))
