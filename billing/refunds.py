"""Refunds that operators order: unused credits against their share of the price.

The order and the credits it takes are written before Stripe hears of it, under an id that Stripe's idempotency
key and the refund's metadata carry. Whoever brings the answer, reply, webhook or a later look, finds the order
by it; a click or a request that is repeated finds the order instead of making another.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from billing import clawback, ledger, marks, reversals
from billing.errors import Overtaken
from billing.models import Purchase, RefundAttempt
from billing.standings import NotCredited, Standing, standing
from billing.stripe_client import InvalidRequestError, StripeError, client
from core.errors import AppError

log = structlog.get_logger(__name__)
State = RefundAttempt.State
OVERDUE = timedelta(minutes=15)


@dataclass(frozen=True)
class Offer:
    """What can be refunded of a purchase. Amounts in minor units of its currency.

    `seq` names the moment it was made: an order for it fails once anything was applied since. `unused`:
    credits that are free to spend; `remaining`: all that were not taken back yet.
    """

    seq: int
    charged: int
    lost: int
    granted: int
    unused: int

    @property
    def left(self) -> int:
        return self.charged - self.lost

    @property
    def remaining(self) -> int:
        return self.granted - reversals.target(self.granted, self.lost, self.charged)

    def limit(self, beyond_unused: bool) -> int:
        """The most credits that an order may be for."""
        return self.remaining if beyond_unused else self.unused

    def amount(self, credits: int) -> int:
        """What is given back for so many credits, so that these are taken back and not one more."""
        back = self.granted - self.remaining + credits
        if back >= self.granted:
            return self.left
        lost = -(-back * self.charged // self.granted)
        # Where a credit costs less than the smallest coin, the amount that reaches it may take more of them.
        if reversals.target(self.granted, lost, self.charged) > back:
            lost -= 1
        return lost - self.lost


def offer(purchase: Purchase) -> Offer:
    """What can be refunded of it now. Raises AppError: 409 where nothing was paid, 503 without Stripe."""
    return _offer(purchase, _standing(purchase))


def order(
    *,
    purchase: Purchase,
    seq: int,
    credits: int,
    reason: RefundAttempt.Reason,
    note: str,
    operator: User,
    beyond_unused: bool = False,
) -> RefundAttempt:
    """Give back the price of `credits`, which are taken back at once. Its state says what Stripe made of it.

    `seq`: of the offer that was shown. `beyond_unused`: also credits that were spent or have expired, which
    may leave the account owing. Raises AppError: 409 where the offer is no longer true or does not cover it,
    503 where Stripe was out of reach before anything was ordered. Call it outside a transaction.
    """
    found = _standing(purchase)
    try:
        with transaction.atomic():
            row = reversals.locked(found)
            # Lapses and locks: what is unused now stays so until it is taken.
            ledger.lapse(ledger.credit_account(row.account))
            _refuse_while_waiting(row)
            attempt = RefundAttempt.objects.create(
                purchase=row,
                amount=_amount(_offer(row, found), seq, credits, beyond_unused),
                credits=credits,
                reason=reason,
                note=note,
                operator=operator,
            )
            reversals.write(row, found)
    except Overtaken as exc:
        raise _changed() from exc
    return send(attempt)


def send(attempt: RefundAttempt) -> RefundAttempt:
    """Ask Stripe for the refund and write down its answer; without one the attempt stays pending.

    Harmless to repeat. Call it outside a transaction.
    """
    purchase = attempt.purchase
    try:
        client().v1.refunds.create(
            {
                "payment_intent": purchase.stripe_payment_intent or "",
                "amount": attempt.amount,
                "reason": RefundAttempt.Reason(attempt.reason).value,
                "metadata": {marks.REFUND_ATTEMPT: attempt.public_id, marks.PURCHASE: purchase.public_id},
            },
            {"idempotency_key": f"refund:{attempt.public_id}"},
        )
        reversals.refresh(purchase)
    except InvalidRequestError as exc:
        _note_error(attempt, exc)
        if exc.http_status != 409:  # that is: another request for it is being answered just now
            _close(attempt)
    except (StripeError, Overtaken) as exc:
        _note_error(attempt, exc)
    attempt.refresh_from_db()
    return attempt


def resume(attempt: RefundAttempt) -> RefundAttempt:
    """Find out what became of an attempt that got no answer, and ask again where Stripe never heard of it.

    Stripe forgets idempotency keys after a day; by then the refund, if there is one, is in its list.
    """
    try:
        reversals.refresh(attempt.purchase)
    except (StripeError, Overtaken) as exc:
        _note_error(attempt, exc)
        return attempt
    attempt.refresh_from_db()
    return send(attempt) if attempt.state == State.PENDING else attempt


def resume_pending(*, older_than: timedelta = OVERDUE) -> int:
    """Resume every attempt that has waited so long. How many are settled now."""
    waiting = RefundAttempt.objects.filter(
        state=State.PENDING, created_at__lte=timezone.now() - older_than
    ).select_related("purchase")
    return sum(resume(attempt).state != State.PENDING for attempt in waiting)


def _standing(purchase: Purchase) -> Standing:
    try:
        if not purchase.credited:
            raise NotCredited(purchase.public_id)
        return standing(purchase)
    except NotCredited as exc:
        raise AppError("nothing_to_refund", 409, "Nothing was paid for this purchase.") from exc
    except StripeError as exc:
        log.warning("refund_not_offered", purchase=purchase.public_id, error=type(exc).__name__)
        raise AppError(
            "payment_unavailable", 503, "Stripe could not be reached. Nothing was refunded. Try again."
        ) from exc


def _offer(purchase: Purchase, found: Standing) -> Offer:
    own = purchase.account.credit_account.grants.filter(ref=purchase.public_id)
    return Offer(
        seq=found.seq,
        charged=found.amount,
        lost=reversals.lost(purchase, found),
        granted=clawback.granted(purchase.public_id),
        unused=own.aggregate(n=Sum("free", default=0))["n"],
    )


def _refuse_while_waiting(purchase: Purchase) -> None:
    if purchase.refund_attempts.filter(state=State.PENDING).exists():
        raise AppError(
            "refund_pending", 409, "An earlier refund still waits for Stripe's answer. Nothing was refunded."
        )


def _amount(now: Offer, seq: int, credits: int, beyond_unused: bool) -> int:
    """Minor units for an order of `credits` under the offer as it is now. Raises AppError (409)."""
    if now.seq != seq:
        raise _changed()
    if not 0 < credits <= now.limit(beyond_unused):
        raise AppError("not_refundable", 409, f"{credits} credits cannot be refunded. Nothing was refunded.")
    amount = now.amount(credits)
    if amount <= 0:
        raise AppError("not_refundable", 409, "These credits cost nothing. Nothing was refunded.")
    return amount


def _close(attempt: RefundAttempt) -> None:
    """Stripe refused: the credits go back together with the word that it did."""
    waiting = RefundAttempt.objects.filter(pk=attempt.pk, state=State.PENDING)
    try:
        reversals.refresh(
            attempt.purchase,
            first=lambda: waiting.update(state=State.REFUSED, settled_at=timezone.now()),
        )
    except (StripeError, Overtaken) as exc:
        _note_error(attempt, exc)  # it stays pending; resumed, it is refused again


def _note_error(attempt: RefundAttempt, exc: Exception) -> None:
    log.warning("refund_not_made", attempt=attempt.public_id, error=type(exc).__name__)
    RefundAttempt.objects.filter(pk=attempt.pk).update(error=f"{type(exc).__name__}: {exc}"[:2000])


def _changed() -> AppError:
    return AppError(
        "purchase_changed",
        409,
        "Something was refunded or disputed since you looked, or you ordered this already. Look again.",
    )
