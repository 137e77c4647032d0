"""What Stripe says of a payment now: what was refunded of it and what is disputed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from billing import marks
from billing.errors import NotOurs
from billing.models import Purchase, is_purchase_id
from billing.stripe_client import Dispute, Refund, client

# A refund in any other status has given the money back, or is about to.
NOT_GIVEN_BACK = frozenset({"failed", "canceled"})
# A dispute in any other status, but for inquiries, has taken the money, or is about to.
NOT_TAKEN = frozenset({"won", "prevented"})
CLOSED_WELL = NOT_TAKEN | {"warning_closed"}
PAGE = 100


class NotCredited(Exception):
    """The payment is for a purchase of ours whose credits were not granted yet: to be tried again."""


@dataclass(frozen=True)
class StripeRefund:
    """One refund. `amount` in minor units; `attempt`: our own order that it carries out, if one does."""

    id: str
    amount: int
    failed: bool
    attempt: str


@dataclass(frozen=True)
class Standing:
    """A purchase's payment at one moment. Amounts in minor units of the purchase's currency.

    `seq`: the purchase's `reversal_seq` from before Stripe was asked. `disputed`: what disputes have taken;
    `contested`: a dispute or an inquiry is open, or was lost.
    """

    purchase: int
    seq: int
    amount: int
    refunds: tuple[StripeRefund, ...]
    disputed: int
    contested: bool

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds if not refund.failed)


def standing_of(subject: dict[str, Any]) -> Standing:
    """The standing of the payment that a charge, refund or dispute in an event belongs to.

    Raises NotOurs, NotCredited, StripeError. Call it outside a transaction.
    """
    intent = subject.get("payment_intent")
    if not intent:
        raise NotOurs("a charge without a PaymentIntent")
    purchase = Purchase.objects.filter(stripe_payment_intent=intent).first()
    if purchase is not None:
        return standing(purchase)
    bought = marks.mark(client().v1.payment_intents.retrieve(intent), marks.PURCHASE)
    if not is_purchase_id(bought):
        raise NotOurs("a payment that this site did not start")
    raise NotCredited(f"{bought} is not paid for here yet")


def standing(purchase: Purchase) -> Standing:
    """What Stripe says of the purchase's payment now. Raises NotCredited where it has none, and StripeError."""
    # The count first: whatever is applied while Stripe is asked makes this standing an old one.
    purchase.refresh_from_db(fields=["reversal_seq", "stripe_payment_intent"])
    intent = purchase.stripe_payment_intent
    if not intent:
        raise NotCredited(f"{purchase.public_id} has no payment")
    v1 = client().v1
    amount = v1.payment_intents.retrieve(intent).amount_received
    refunds = v1.refunds.list({"payment_intent": intent, "limit": PAGE}).auto_paging_iter()
    disputes = list(v1.disputes.list({"payment_intent": intent, "limit": PAGE}).auto_paging_iter())
    return Standing(
        purchase=purchase.pk,
        seq=purchase.reversal_seq,
        amount=amount,
        refunds=tuple(_refund(refund) for refund in refunds),
        disputed=sum(_taken(dispute, purchase, amount) for dispute in disputes),
        contested=_contested(disputes),
    )


def _refund(refund: Refund) -> StripeRefund:
    failed = refund.status in NOT_GIVEN_BACK
    return StripeRefund(refund.id, refund.amount, failed, marks.mark(refund, marks.REFUND_ATTEMPT))


def _taken(dispute: Dispute, purchase: Purchase, charged: int) -> int:
    """What a dispute took. All of the charge where the bank counts in another currency than we."""
    if dispute.status in NOT_TAKEN or dispute.status.startswith("warning_"):
        return 0
    return dispute.amount if dispute.currency == purchase.currency else charged


def _contested(disputes: Iterable[Dispute]) -> bool:
    return any(dispute.status not in CLOSED_WELL for dispute in disputes)
