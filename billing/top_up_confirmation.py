"""A top-up that the bank wants confirmed: the customer gets a mail with Stripe's page for the same purchase."""

from django.conf import settings
from django.db import transaction

from billing import checkout, mails, top_up_payments
from billing.catalog import Pack
from billing.models import BillingMail, Purchase, TopUpAttempt
from billing.money import format_money
from billing.stripe_client import InvalidRequestError, client

State = TopUpAttempt.State
OVER = (Purchase.State.EXPIRED, Purchase.State.FAILED)


def ask(attempt: TopUpAttempt) -> None:
    """Send the customer to confirm, or note that they have; harmless to repeat.

    Call it outside a transaction. Raises StripeError and AppError where the page could not be opened yet.
    """
    key = f"top_up_confirmation:{attempt.public_id}"
    if conclude(attempt) or BillingMail.objects.filter(key=key).exists() or not _withdrawn(attempt):
        return
    user = attempt.consent.user or next(iter(mails.readers_of(attempt.account)), None)
    if user is None:  # nobody is left to ask; the page, once somebody is
        return
    purchase = checkout.open_page(
        purchase=attempt.purchase,
        user=user,
        name=Pack(attempt.purchase.pack, attempt.purchase.credits).name,
        base_url=settings.PUBLIC_URL,
        save_card=True,
    )
    with transaction.atomic():
        mails.write(
            account=attempt.account,
            kind="top_up_confirmation",
            key=key,
            context={
                "credits": purchase.credits,
                "price": format_money(purchase.amount, purchase.currency),
                "card": attempt.consent.card_name,
                "page": purchase.checkout_url,
            },
        )


def conclude(attempt: TopUpAttempt) -> bool:
    """End the attempt where its checkout has ended. Whether nothing is left to ask for."""
    with transaction.atomic():
        attempt = top_up_payments.locked(attempt.public_id)
        if attempt.state != State.AUTHENTICATION:
            return True
        if attempt.purchase.credited:
            top_up_payments.paid(attempt)
        elif attempt.purchase.state in OVER:
            attempt.state = State.DECLINED
            top_up_payments.stop(attempt)
        else:
            return False
        attempt.save()
        return True


def _withdrawn(attempt: TopUpAttempt) -> bool:
    """Cancel the payment that waits, so that nobody pays twice. False: it had been paid, and is credited."""
    intent_id = attempt.stripe_payment_intent or ""
    try:
        intent = client().v1.payment_intents.cancel(intent_id)
    except InvalidRequestError:  # canceled before, or paid meanwhile
        intent = top_up_payments.retrieve(intent_id)
    if intent.status == "canceled":
        return True
    top_up_payments.settle(intent)
    return False
