"""Buying at the simulator, as the tests of purchases do it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from billing.checkout import start_checkout
from billing.models import CreditGrant, Purchase, StripeEvent
from billing.selectors import balance
from tests.billing.simulator import ACCEPTED, Endpoint, Received, Simulator, http
from tests.conftest import Owner

BASE_URL = "http://127.0.0.1:8000"
WEBHOOK = "/billing/stripe/webhook"


@dataclass
class Shop:
    """One customer before the simulator's checkout."""

    owner: Owner
    simulator: Simulator
    endpoint: Endpoint
    make_owner: Callable[..., Owner]

    def start(self, pack: str = "credits_50", **options: Any) -> Purchase:
        self.owner.account.refresh_from_db()
        return start_checkout(
            account=self.owner.account, user=self.owner.user, pack_key=pack, base_url=BASE_URL, **options
        )

    def pay(self, purchase: Purchase, card: str = ACCEPTED) -> int:
        return self.simulator.pay(purchase.checkout_url, card).status

    def paid(self, pack: str = "credits_50") -> Purchase:
        """A purchase that is paid at Stripe; the platform has not heard of it yet."""
        purchase = self.start(pack)
        assert self.pay(purchase) == 302
        return purchase

    def debit(self, purchase: Purchase, account: str) -> str:
        """Pay from a bank account, which takes days to answer; the PaymentIntent that waits for it."""
        assert self.simulator.pay(f"{purchase.checkout_url}?method=debit", account=account).status == 302
        session = self.simulator.client.v1.checkout.sessions.retrieve(purchase.stripe_session or "")
        assert isinstance(session.payment_intent, str)
        return session.payment_intent

    def use_code(self, purchase: Purchase, *, percent_off: int) -> None:
        """Type a promotion code on the payment page."""
        v1 = self.simulator.client.v1
        coupon = v1.coupons.create({"percent_off": percent_off, "duration": "once"})
        promotion = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
        typed = {"action": "promotion", "code": promotion.code}
        reply = http.request(
            "POST", purchase.checkout_url, fields=typed, encode_multipart=False, redirect=False
        )
        assert reply.status in (200, 302, 303), reply.data

    def completed(self, purchase: Purchase) -> Received:
        """The signed delivery that tells of it."""
        return self.endpoint.await_event(purchase.stripe_session or "", "checkout.session.completed")

    @property
    def available(self) -> int:
        return balance(self.owner.account).available

    def grants(self) -> int:
        return CreditGrant.objects.filter(credit_account__account=self.owner.account).count()


def deliver(client: Client, received: Received) -> Any:
    """Hand a delivery to the platform's endpoint, byte for byte."""
    return deliver_raw(client, received.body, received.signature)


def deliver_raw(client: Client, body: bytes, signature: str) -> Any:
    return client.post(
        WEBHOOK, data=body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def kept(received: Received) -> StripeEvent:
    return StripeEvent.objects.get(event_id=received.event["id"])
