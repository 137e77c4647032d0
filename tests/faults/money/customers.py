"""Customers of the campaign: they buy on the web, come back or not, and send photos with their keys."""

import json
import re
from dataclasses import dataclass
from typing import Any

import urllib3

from tests.faults.money.stack import Stack
from tests.instance import ENDPOINT, bearer

# CSRF compares cookie and header with each other.
CSRF = "c" * 32
PACKS = ("credits_10", "credits_50")
MAKE = """
from django.test import Client
from accounts import api_keys
from accounts.models import User
from accounts.services import account_for_email
from billing import ledger
from billing.models import CreditGrant

def make(number):
    email = f"{name}{{number}}@example.org"
    account = account_for_email(email=email)
    if {credits}:
        ledger.grant(account=account, amount={credits}, kind=CreditGrant.Kind.PROMO, source=f"start:{{email}}")
    client = Client()
    user = User.objects.get(email=email)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = api_keys.create(account=account, name="Campaign")[1]
    return [key, client.cookies["sessionid"].value]

result = [make(number) for number in range({number})]
"""


class NotServed(Exception):
    """The platform did not answer, or not as it should."""


@dataclass
class Customer:
    """One account, by its key and its session in the browser."""

    stack: Stack
    key: str
    session: str

    def __post_init__(self) -> None:
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=20))

    def order(self, pack: str) -> str:
        """Order credits; the address of the payment page. Raises NotServed."""
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        reply = self._ask("POST", "/billing/checkout/", fields={"pack": pack}, headers=headers)
        page = reply.headers.get("Location", "")
        if reply.status != 302 or "cs_" not in page:
            raise NotServed(f"{reply.status} {page}")
        return page

    def pay(self, page: str) -> str:
        """Fill in the payment page; the id of the session. Raises NotServed."""
        if self.stack.simulator.pay(page).status not in (302, 303):
            raise NotServed(page)
        found = re.search(r"cs_\w+", page)
        return found[0] if found else ""

    def come_back(self, session_id: str) -> None:
        """Open the page after paying. Raises NotServed."""
        headers = {"Cookie": f"sessionid={self.session}"}
        reply = self._ask("GET", f"/billing/checkout/done?session_id={session_id}", headers=headers)
        if reply.status != 200:
            raise NotServed(str(reply.status))

    def restore(self, image_url: str) -> int:
        """Send a photo and wait for the picture; the status. Raises NotServed."""
        body = json.dumps({"imageUrl": image_url}).encode()
        return self._ask("POST", ENDPOINT, body=body, headers=bearer(self.key)).status

    def _ask(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        try:
            return self._http.request(method, self.stack.url + path, redirect=False, **options)
        except urllib3.exceptions.HTTPError as exc:
            raise NotServed(type(exc).__name__) from exc


def customers(stack: Stack, name: str, number: int, credits: int = 0) -> list[Customer]:
    """New accounts with that many promotional credits each."""
    made = stack.evaluate(MAKE.format(name=name, number=number, credits=credits))
    return [Customer(stack, *each) for each in made]
