"""What banks and operators at Stripe do to a purchase that was paid, as the tests of reversals do it."""

from dataclasses import dataclass
from typing import Any

from billing import ledger, purchases, reversals
from billing.models import CreditGrant, Purchase
from billing.selectors import balance
from tests.billing.shop import Shop


@dataclass
class Bank:
    """The other side of one customer's payments. The packs bought are 50 credits for 2000 cents."""

    shop: Shop

    def bought(self) -> Purchase:
        """A purchase whose credits are there."""
        return purchases.fulfill(self.shop.paid("credits_50").stripe_session or "")

    def refund(self, purchase: Purchase, amount: int | None = None, status: str = "succeeded") -> str:
        """Give money back at Stripe, all that is left or `amount` cents. The refund's id."""
        if status != "succeeded":
            self.shop.simulator.control("refunds/next", status=status)
        params: Any = {"payment_intent": purchase.stripe_payment_intent}
        if amount is not None:
            params["amount"] = amount
        return self.shop.simulator.client.v1.refunds.create(params).id

    def settle(self, refund: str, status: str) -> None:
        """Let the bank answer for a refund."""
        self.shop.simulator.control("refunds/settle", refund=refund, status=status)

    def dispute(self, purchase: Purchase, **options: Any) -> str:
        """Open a dispute about all of it, or `amount` cents. Its id."""
        made = self.shop.simulator.control(
            "disputes", payment_intent=purchase.stripe_payment_intent, **options
        )
        return str(made["id"])

    def advance(self, dispute: str, status: str) -> None:
        """Bring a dispute to its next status."""
        self.shop.simulator.control("disputes/advance", dispute=dispute, status=status)

    def news(self, purchase: Purchase) -> tuple[str, int, bool]:
        """State, credits taken back and whether it is disputed, once Stripe has been asked."""
        found = reversals.refresh(purchase)
        return found.state, found.reversed_credits, found.disputed

    def spend(self, credits: int, job: str = "rst_spent") -> None:
        """Restore photos with them."""
        ledger.hold(account=self.shop.owner.account, job=job, amount=credits)
        ledger.capture(job=job)

    def bonus(self, purchase: Purchase, credits: int) -> None:
        """Credits that came with the purchase for nothing."""
        ledger.grant(
            account=purchase.account,
            amount=credits,
            kind=CreditGrant.Kind.PROMO,
            source=f"purchase:{purchase.public_id}:bonus",
            ref=purchase.public_id,
        )

    @property
    def credits(self) -> tuple[int, int, int]:
        """Available, held, owed."""
        found = balance(self.shop.owner.account)
        return found.available, found.held, found.debt
