"""Automatic top-ups: a saved card is charged when the balance has fallen, within what the customer agreed to.

The attempt and its purchase are rows before Stripe hears of them, and Stripe's idempotency key is the
attempt's. What became of the payment is always read from Stripe and brought home by `settle`, called after the
charge, by the webhook and by the reconciler alike.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from billing import findings, ledger, top_up_confirmation, top_up_payments, top_up_rules
from billing.bookings import lock
from billing.models import CreditAccount, Purchase, TopUpAttempt, TopUpRule
from billing.months import start_of_month
from billing.stripe_client import StripeError
from core.errors import AppError
from core.sweeping import alone

log = structlog.get_logger(__name__)
State = TopUpAttempt.State
# Repeating the charge is harmless, its key sees to that; after a while Stripe's list of payments decides.
REPEAT_AFTER, REPEAT_UNTIL = timedelta(minutes=1), timedelta(minutes=10)
RECONCILE_AFTER = timedelta(minutes=15)


def consider(account: Account) -> TopUpAttempt | None:
    """Top the account up if that is due; the attempt, if one was begun. Call it outside a transaction."""
    attempt = begin(account)
    if attempt is not None:
        advance(attempt)
    return attempt


def begin(account: Account) -> TopUpAttempt | None:
    """Write down that the card is about to be charged. None: there is nothing to do, or not now."""
    now = timezone.now()
    with transaction.atomic():
        # Everything below is decided under this lock: of two who come at once, one finds the other's attempt.
        row = lock(ledger.credit_account(account))
        rule = (
            TopUpRule.objects.select_related("consent__account").filter(account=account, enabled=True).first()
        )
        if rule is None or not _is_due(rule, row, now):
            return None
        consent = rule.consent
        obstacle = top_up_rules.obstacle(consent, row)
        if obstacle is not None:
            top_up_rules.end(rule, obstacle, f"consent:{consent.pk}")
            return None
        purchase = Purchase.objects.create(
            account=account,
            pack=consent.pack,
            credits=consent.credits,
            amount=consent.amount,
            currency=consent.currency,
        )
        return TopUpAttempt.objects.create(account=account, consent=consent, purchase=purchase)


def _is_due(rule: TopUpRule, row: CreditAccount, now: datetime) -> bool:
    # A debt comes from a refund or a dispute: who has one is not charged unasked.
    if row.available >= rule.consent.threshold or row.debt or not top_up_rules.is_offered():
        return False
    if rule.not_before is not None and rule.not_before > now:
        return False
    attempts = TopUpAttempt.objects.filter(account=rule.account)
    if attempts.filter(state__in=TopUpAttempt.UNSETTLED).exists():
        return False
    return paid_this_month(rule.account, now) < rule.consent.monthly_limit


def paid_this_month(account: Account, now: datetime) -> int:
    """Top-ups begun in the calendar month (UTC) of `now` that were paid."""
    return TopUpAttempt.objects.filter(
        account=account, created_at__gte=start_of_month(now), state=State.SUCCEEDED
    ).count()


def advance(attempt: TopUpAttempt) -> None:
    """Take the next step of an unsettled attempt; harmless to repeat. Without an answer it stays as it is."""
    try:
        if attempt.state == State.PENDING:
            top_up_payments.charge(attempt)
            attempt.refresh_from_db()
        if attempt.state == State.AUTHENTICATION:
            top_up_confirmation.ask(attempt)
    except (StripeError, AppError) as exc:
        log.warning("top_up_not_answered", top_up=attempt.public_id, error=type(exc).__name__)


def sweep() -> int:
    """Begin what is due and take up what was left: lost messages, dead workers. How many attempts were touched.

    One account that fails keeps none of the others waiting.
    """
    touched = 0
    for attempt in _left_lying(timezone.now()):
        touched += 1
        with alone("top_up_failed", account_id=attempt.account.public_id):
            advance(attempt)
    for account in top_up_rules.wanting():
        with alone("top_up_failed", account_id=account.public_id):
            touched += consider(account) is not None
    return touched


def _left_lying(now: datetime) -> list[TopUpAttempt]:
    found = TopUpAttempt.objects.select_related("account", "consent__user", "purchase").order_by("pk")
    unanswered = found.filter(
        state=State.PENDING, created_at__lt=now - REPEAT_AFTER, created_at__gt=now - REPEAT_UNTIL
    )
    return [*unanswered[:200], *found.filter(state=State.AUTHENTICATION)[:200]]


def reconcile_pending(older_than: timedelta = RECONCILE_AFTER) -> int:
    """Settle attempts that have waited so long by what Stripe has of them; where it has nothing, none was charged.

    How many are pending no longer. Those that Stripe gives no answer for stay; a payment that is not what was to
    be charged is a finding for a person.
    """
    waiting = TopUpAttempt.objects.select_related("account").filter(
        state=State.PENDING, created_at__lt=timezone.now() - older_than
    )
    settled = 0
    for attempt in waiting.order_by("pk")[:200]:
        problem = {}
        try:
            intent = top_up_payments.find(attempt)
            if intent is None:
                top_up_payments.give_up(attempt, "no_payment")
            else:
                top_up_payments.settle(intent)
        except StripeError as exc:
            log.warning("top_up_not_found_out", top_up=attempt.public_id, error=type(exc).__name__)
            continue
        except top_up_payments.MismatchedPayment as exc:
            problem[attempt.public_id] = str(exc)
        findings.record("top_up", problem, looked_at=[attempt.public_id])
        attempt.refresh_from_db()
        settled += attempt.state != State.PENDING
    return settled
