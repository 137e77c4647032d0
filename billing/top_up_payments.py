"""The payment of a top-up: asked of Stripe with the attempt's own key, and brought home from Stripe's word."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from billing import ledger, mails, marks, purchases, top_up_rules
from billing.bookings import lock
from billing.catalog import Pack
from billing.models import Purchase, TopUpAttempt, TopUpRule
from billing.money import format_money
from billing.stripe_client import CardError, InvalidRequestError, PaymentIntent, client

log = structlog.get_logger(__name__)
State = TopUpAttempt.State
AUTHENTICATION = "authentication_required"
EXPAND = ["latest_charge"]
CLOCKS_APART = timedelta(minutes=5)


class UnknownTopUp(Exception):
    """The payment names a top-up that this database does not have."""


class MismatchedPayment(Exception):
    """The payment is not what was to be charged; nothing is granted and a person has to look."""


def charge(attempt: TopUpAttempt) -> None:
    """Charge the saved card and settle what came of it; repeating it charges nothing twice.

    Call it outside a transaction. Raises StripeError where there was no definitive answer: the attempt stays
    pending.
    """
    try:
        intent_id = _create(attempt).id
    except CardError as exc:
        # Declined, or the bank wants to see its customer: the payment itself says which.
        intent = exc.error.payment_intent if exc.error else None
        if intent is None:
            raise
        intent_id = intent.id
    except InvalidRequestError as exc:
        log.warning("top_up_refused", top_up=attempt.public_id, code=exc.code, param=exc.param)
        card_gone = exc.param in {"payment_method", "customer"}
        give_up(attempt, exc.code or "invalid_request", card_gone=card_gone)
        return
    settle(retrieve(intent_id))


def _create(attempt: TopUpAttempt) -> PaymentIntent:
    consent, purchase = attempt.consent, attempt.purchase
    return client().v1.payment_intents.create(
        {
            "amount": purchase.amount,
            "currency": purchase.currency,
            "customer": attempt.account.stripe_customer,
            "payment_method": consent.payment_method,
            "allowed_payment_method_types": ["card"],
            "off_session": True,
            "confirm": True,
            "description": Pack(purchase.pack, purchase.credits).name,
            "metadata": {
                marks.PURCHASE: purchase.public_id,
                "account": attempt.account.public_id,
                marks.TOP_UP: attempt.public_id,
            },
        },
        {"idempotency_key": f"top_up:{attempt.public_id}"},
    )


def retrieve(intent_id: str) -> PaymentIntent:
    """The payment as Stripe has it now, with what `settle` reads. Raises StripeError."""
    return client().v1.payment_intents.retrieve(intent_id, {"expand": EXPAND})


def find(attempt: TopUpAttempt) -> PaymentIntent | None:
    """The attempt's payment, by its id or by our mark on it; None where Stripe has none. Raises StripeError."""
    if attempt.stripe_payment_intent:
        return retrieve(attempt.stripe_payment_intent)
    since = int((attempt.created_at - CLOCKS_APART).timestamp())
    customer = attempt.account.stripe_customer
    payments = client().v1.payment_intents.list(
        {"customer": customer, "created": {"gte": since}, "limit": 100}
    )
    for intent in payments.auto_paging_iter():
        if mark_of(intent) == attempt.public_id:
            return retrieve(intent.id)
    return None


def mark_of(intent: PaymentIntent) -> str:
    """The top-up that a payment was made for; empty for any other payment."""
    return marks.mark(intent, marks.TOP_UP)


def settle(intent: PaymentIntent) -> TopUpAttempt:
    """Bring the attempt to where its payment is, in one transaction; credits are granted once a purchase.

    A payment that succeeded is credited however late it is. Raises UnknownTopUp, MismatchedPayment.
    """
    with transaction.atomic():
        attempt = locked(mark_of(intent))
        if attempt.stripe_payment_intent not in (None, intent.id):
            raise MismatchedPayment(f"{attempt.public_id} has another payment than {intent.id}")
        attempt.stripe_payment_intent = intent.id
        state, reason = _outcome(intent)
        if state == State.SUCCEEDED:
            _pay(attempt, intent)
        elif attempt.state == State.PENDING and state != State.PENDING:
            attempt.state, attempt.reason = state, reason
            if state != State.AUTHENTICATION:
                stop(attempt)
        attempt.save()
        return attempt


def give_up(attempt: TopUpAttempt, reason: str, *, card_gone: bool = False) -> None:
    """End a pending attempt for which Stripe has no payment."""
    with transaction.atomic():
        attempt = locked(attempt.public_id)
        if attempt.state != State.PENDING:
            return
        attempt.state, attempt.reason = State.FAILED, reason[:64]
        rule = TopUpRule.objects.select_related("consent").filter(consent=attempt.consent).first()
        if card_gone and rule is not None:
            top_up_rules.end(rule, TopUpRule.Ended.CARD_GONE, attempt.public_id)
        stop(attempt)
        attempt.save()


def stop(attempt: TopUpAttempt) -> None:
    """What follows an attempt that brought nothing; the caller holds the locks and saves it."""
    attempt.settled_at = timezone.now()
    Purchase.objects.filter(pk=attempt.purchase_id, state=Purchase.State.CREATED).update(
        state=Purchase.State.FAILED
    )
    top_up_rules.back_off(attempt)


def paid(attempt: TopUpAttempt) -> None:
    """What follows an attempt that was paid; the caller holds the locks and saves it."""
    attempt.state, attempt.reason, attempt.settled_at = State.SUCCEEDED, "", timezone.now()
    TopUpRule.objects.filter(consent=attempt.consent).update(declines=0, not_before=None)
    mails.write(
        account=attempt.account,
        kind="top_up_paid",
        key=f"top_up_paid:{attempt.public_id}",
        context={
            "credits": attempt.purchase.credits,
            "price": format_money(attempt.purchase.amount, attempt.purchase.currency),
            "card": attempt.consent.card_name,
            "purchase": attempt.purchase.public_id,
        },
    )


def _pay(attempt: TopUpAttempt, intent: PaymentIntent) -> None:
    purchase = attempt.purchase
    if (intent.amount_received, intent.currency) != (purchase.amount, purchase.currency):
        raise MismatchedPayment(
            f"{purchase.public_id} costs {purchase.amount} {purchase.currency}, "
            f"{intent.id} brought {intent.amount_received} {intent.currency}"
        )
    if purchase.credited and purchase.stripe_payment_intent != intent.id:
        raise MismatchedPayment(f"{purchase.public_id} was paid by {purchase.stripe_payment_intent} already")
    if not purchase.credited:
        purchases.credit(purchase, intent)
        purchase.save()
    if attempt.state != State.SUCCEEDED:
        paid(attempt)


def locked(public_id: str) -> TopUpAttempt:
    """The attempt, its purchase and the account's credits, locked in the order in which granting takes them."""
    found = TopUpAttempt.objects.filter(public_id=public_id).first()
    if found is None:
        raise UnknownTopUp(public_id)
    purchase = Purchase.objects.select_for_update().get(pk=found.purchase_id)
    lock(ledger.credit_account(found.account))
    attempt = TopUpAttempt.objects.select_related("account", "consent").get(pk=found.pk)
    attempt.purchase = purchase
    return attempt


def _outcome(intent: PaymentIntent) -> tuple[TopUpAttempt.State, str]:
    """What a payment means for its attempt, and the code of its refusal."""
    if intent.status == "succeeded":
        return State.SUCCEEDED, ""
    if intent.status == "processing":
        return State.PENDING, ""
    error = intent.last_payment_error
    codes = {error.code, error.decline_code} if error else set()
    if intent.status == "requires_action" or AUTHENTICATION in codes:
        return State.AUTHENTICATION, AUTHENTICATION
    if intent.status == "canceled":
        return State.FAILED, "canceled"
    reason = (error.decline_code or error.code) if error else None
    return State.DECLINED, (reason or intent.status)[:64]
