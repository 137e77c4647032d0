"""A customer with a saved card who agreed to automatic top-ups."""

from dataclasses import dataclass
from typing import Any

import stripe
from django.core import mail

from billing import ledger, top_up, top_up_rules
from billing.customers import ensure_customer
from billing.models import BillingMail, CreditGrant, TopUpAttempt, TopUpRule
from billing.saved_cards import saved_cards
from tests.billing.shop import Shop

GOOD, REFUSED = "pm_card_visa", "pm_card_chargeCustomerFail"
CONFIRMED_BY_BANK = "pm_card_authenticationRequired"


@dataclass
class TopUps:
    """What the tests of top-ups do and look at."""

    shop: Shop

    def agree(self, card: str = GOOD, **wishes: Any) -> TopUpRule:
        """Save a test card at Stripe and agree to 50 credits below 5, at most three times a month."""
        account, user = self.shop.owner.account, self.shop.owner.user
        customer = ensure_customer(account=account, user=user)
        method = self.shop.simulator.client.v1.payment_methods.attach(card, {"customer": customer}).id
        terms = {"threshold": 5, "pack_key": "credits_50", "monthly_limit": 3, **wishes}
        saved = next(one for one in saved_cards(account) if one.id == method)
        return top_up_rules.agree(top_up_rules.terms(account=account, user=user, card=saved, **terms))

    def consider(self) -> TopUpAttempt:
        """What a worker does when the balance fell; the attempt as it is afterwards."""
        attempt = top_up.consider(self.shop.owner.account)
        assert attempt is not None
        attempt.refresh_from_db()
        return attempt

    def nothing_to_do(self) -> bool:
        return top_up.consider(self.shop.owner.account) is None

    def charged(self) -> list[stripe.Charge]:
        """Every charge that Stripe made of this customer's cards."""
        customer = self.shop.owner.account.stripe_customer
        charges = self.shop.simulator.client.v1.charges.list({"customer": customer}).data
        return [charge for charge in charges if charge.paid]

    def spend(self, credits: int) -> None:
        """Use credits up."""
        number = ledger.credit_account(self.shop.owner.account).last_seq
        ledger.hold(account=self.shop.owner.account, job=f"rst_{number}", amount=credits)
        ledger.capture(job=f"rst_{number}")

    def give(self, credits: int) -> None:
        account = self.shop.owner.account
        ledger.grant(account=account, amount=credits, kind=CreditGrant.Kind.PROMO, source=f"promo:{account}")

    def rule(self) -> TopUpRule:
        return TopUpRule.objects.get(account=self.shop.owner.account)

    def mails(self) -> list[str]:
        """Kinds of the mails that were written, oldest first."""
        return list(BillingMail.objects.order_by("pk").values_list("kind", flat=True))


def sent(kind: str) -> str:
    """The text of the one mail of this kind that went out."""
    from billing import mails

    mails.send_due()
    row = BillingMail.objects.get(kind=kind)
    assert row.sent_at is not None
    bodies = [message.body for message in mail.outbox if row.account.public_id in str(message.body)]
    return str(bodies[BillingMail.objects.filter(pk__lt=row.pk).count()])
