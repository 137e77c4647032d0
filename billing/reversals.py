"""Refunds and disputes: bring a purchase and its credits to where Stripe says that its payment is.

The target is absolute: the share of the credits for which the money went back. An event, an operator's order
and the reconciliation all come through here.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing import clawback
from billing.errors import Overtaken
from billing.models import Purchase, RefundAttempt
from billing.refetching import fetch_and_apply
from billing.standings import NotCredited, Standing, standing

State = Purchase.State
Attempt = RefundAttempt.State


def target(credits: int, lost: int, amount: int) -> int:
    """How many of a purchase's credits are taken back when `lost` of `amount` minor units went back.

    Rounded down: a part of a credit stays with the customer.
    """
    if lost <= 0:
        return 0
    return credits if lost >= amount else credits * lost // amount


def state(lost: int, amount: int) -> Purchase.State:
    """What a credited purchase is called when `lost` of `amount` minor units went back."""
    if lost <= 0:
        return State.FULFILLED
    return State.REVERSED if lost >= amount else State.PARTIALLY_REVERSED


def refresh(purchase: Purchase, *, first: Callable[[], object] = lambda: None) -> Purchase:
    """Ask Stripe what became of the purchase's payment and apply it; harmless to repeat.

    `first`: what is to be written before it in the same transaction, under the purchase's lock. Call it
    outside a transaction. Raises StripeError, NotCredited, and Overtaken where others were faster five times.
    """

    def step() -> None:
        found = standing(purchase)
        with transaction.atomic():
            row = locked(found)
            first()
            write(row, found)

    fetch_and_apply(step)
    purchase.refresh_from_db()
    return purchase


def apply(found: Standing) -> str:
    """Write down what Stripe said, in the caller's transaction; a sentence about it for operators.

    Raises Overtaken and NotCredited with nothing written.
    """
    return write(locked(found), found)


def locked(found: Standing) -> Purchase:
    """The purchase of a standing, locked until the transaction ends.

    Raises Overtaken where another standing was applied since Stripe was asked for this one: of two answers
    that cross, the later to arrive need not be the newer.
    """
    # This row alone: with its account joined in, a job's insert, which holds the credits, would wait for us.
    purchase = Purchase.objects.select_for_update().get(pk=found.purchase)
    if purchase.reversal_seq != found.seq:
        raise Overtaken(purchase.public_id)
    if not purchase.credited:
        raise NotCredited(f"{purchase.public_id} has brought no credits yet")
    return purchase


def write(purchase: Purchase, found: Standing) -> str:
    """Bring the locked purchase, its credits and its refund attempts to the standing; a sentence about it."""
    _settle_attempts(purchase, found)
    gone = lost(purchase, found)
    credits = clawback.granted(purchase.public_id)
    back = target(credits, gone, found.amount)
    reason = "dispute" if found.disputed else "refund"
    clawback.reverse_to(account=purchase.account, ref=purchase.public_id, target=back, reason=reason)
    purchase.refunded_amount = given_back(purchase, found)
    purchase.reversed_credits = back
    purchase.disputed = found.contested
    purchase.state = state(gone, found.amount)
    purchase.reversal_seq += 1
    purchase.save(update_fields=["refunded_amount", "reversed_credits", "disputed", "state", "reversal_seq"])
    return f"{back} of {credits} credits are taken back"


def given_back(purchase: Purchase, found: Standing) -> int:
    """Minor units that were refunded, or are ordered to be: until Stripe has answered for an order, it counts."""
    answered = [refund.attempt for refund in found.refunds]
    waiting = RefundAttempt.objects.filter(purchase=purchase, state=Attempt.PENDING)
    ordered: int = waiting.exclude(public_id__in=answered).aggregate(n=Sum("amount", default=0))["n"]
    return found.refunded + ordered


def lost(purchase: Purchase, found: Standing) -> int:
    """Minor units of the charge that were refunded or disputed, never more than all of it."""
    return min(given_back(purchase, found) + found.disputed, found.amount)


def _settle_attempts(purchase: Purchase, found: Standing) -> None:
    """Our own orders learn from Stripe's refunds what became of them, whoever hears of it first."""
    for refund in found.refunds:
        outcome = Attempt.FAILED if refund.failed else Attempt.ACCEPTED
        mine = RefundAttempt.objects.filter(purchase=purchase, public_id=refund.attempt)
        mine.exclude(state=outcome).update(state=outcome, stripe_refund=refund.id, settled_at=timezone.now())
