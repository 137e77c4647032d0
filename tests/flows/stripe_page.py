"""What a customer does on Stripe's hosted pages, at the simulator that stands in for them."""

import re
from urllib.parse import urlsplit

import urllib3
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.instance import Instance

ACCEPTED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000002760003184"
http = urllib3.PoolManager(retries=False)


def fill_card(visitor: Visitor, card: str = ACCEPTED) -> None:
    """Type everything that a card payment needs."""
    for name, value in {
        "number": card,
        "expiry": "12 / 40",
        "cvc": "123",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
    }.items():
        visitor.page.locator(f"[name={name}]").fill(value)


def pay(visitor: Visitor, card: str = ACCEPTED) -> None:
    """Pay with a card; the browser is wherever Stripe sent it afterwards."""
    fill_card(visitor, card)
    visitor.page.get_by_role("button", name=re.compile("^Pay")).click()


def order(visitor: Visitor, button: str) -> str:
    """Choose what to buy on the credits page; the address of the payment page that the browser is on then."""
    visitor.go("/credits/")
    visitor.page.get_by_role("button", name=button).click()
    expect(visitor.page.locator("[name=number]")).to_be_visible()
    return visitor.page.url


class Stripe:
    """The instance's Stripe, as its dashboard and its banks act on it."""

    def __init__(self, instance: Instance, payment_page: str) -> None:
        parts = urlsplit(payment_page)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.key: str = instance.evaluate(
            "from django.conf import settings; result = settings.STRIPE_SECRET_KEY"
        )

    def post(self, path: str, **fields: str) -> dict[str, object]:
        """Call the API, form-encoded."""
        return self._answer(
            http.request(
                "POST", f"{self.url}/v1/{path}", fields=fields, headers=self._auth, encode_multipart=False
            )
        )

    def control(self, lever: str, **body: object) -> dict[str, object]:
        """Pull a lever of the simulator."""
        return self._answer(
            http.request("POST", f"{self.url}/_control/{lever}", json=body, headers=self._auth)
        )

    @property
    def _auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def _answer(self, reply: urllib3.BaseHTTPResponse) -> dict[str, object]:
        assert reply.status == 200, reply.data
        found: dict[str, object] = reply.json()
        return found
