"""Stripe's balance against our purchases: each charge brought credits once, each refund and dispute took some."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from billing import findings, marks, purchases, reversals, top_up_payments
from billing.models import Purchase, is_purchase_id
from billing.stripe_client import Charge, client
from billing.sweeps import PAGE, parts, stamp

log = structlog.get_logger(__name__)
SETTLING = timedelta(minutes=5)


@dataclass
class Balance:
    """What moved in a period: charges by id, and the payments that refunds and disputes are about."""

    charges: dict[str, Charge] = field(default_factory=dict)
    reversed_intents: set[str] = field(default_factory=set)


def compare(since: datetime, grace: timedelta = SETTLING) -> int:
    """Compare all that moved since then. How many purchases had to be mended; what cannot be is a finding.

    `grace`: what is younger may still be on its way into the balance or into our tables. Raises StripeError.
    """
    until = timezone.now() - grace
    moved = _moved(since, until)
    mended = _compare_charges(moved.charges)
    mended += _compare_reversals(moved.reversed_intents)
    _find_credits_without_charge(moved.charges, since, until)
    return mended


def _moved(since: datetime, until: datetime) -> Balance:
    found = Balance()
    listed = client().v1.balance_transactions.list(
        {"created": {"gte": stamp(since), "lte": stamp(until)}, "limit": PAGE, "expand": ["data.source"]}
    )
    for booked in listed.auto_paging_iter():
        source = booked.source
        if source is None or isinstance(source, str):
            continue
        if source.object == "charge":
            found.charges[source.id] = source
        elif source.object in ("refund", "dispute") and source.payment_intent:
            found.reversed_intents.add(_id(source.payment_intent))
    return found


def _compare_charges(charges: dict[str, Charge]) -> int:
    mended, problems, ours = 0, {}, set()
    for page in parts(charges.values(), PAGE):
        bought = {charge.id: marks.mark(charge, marks.PURCHASE) for charge in page}
        known = Purchase.objects.in_bulk(list(bought.values()), field_name="public_id")
        for charge in page:
            mark = bought[charge.id]
            if not is_purchase_id(mark):
                continue  # another system's
            ours.add(charge.id)
            purchase = known.get(mark)
            if purchase is not None and not purchase.credited:
                mended += _credit(purchase, charge)
            if problem := _difference(purchase, charge, mark):
                problems[charge.id] = problem
    findings.record("charge", problems, looked_at=ours)
    return mended


def _credit(purchase: Purchase, charge: Charge) -> bool:
    """Bring a paid purchase its credits. Whether that could be done."""
    log.warning("charge_without_credits", purchase=purchase.public_id, charge=charge.id)
    try:
        if purchase.stripe_session:
            purchases.fulfill(purchase.stripe_session)
        elif charge.payment_intent:
            top_up_payments.settle(top_up_payments.retrieve(_id(charge.payment_intent)))
    except Exception as exc:
        log.exception("charge_not_credited", purchase=purchase.public_id, error=type(exc).__name__)
    purchase.refresh_from_db()
    return purchase.credited


def _difference(purchase: Purchase | None, charge: Charge, mark: str) -> str:
    """What is wrong with a charge of ours; empty when it agrees with its purchase."""
    if purchase is None:
        return f"is for {mark}, which is not there"
    if not purchase.credited:
        return f"is for {mark}, which is {purchase.state}"
    if purchase.stripe_payment_intent != (_id(charge.payment_intent) if charge.payment_intent else None):
        return f"is for {mark}, which was paid by {purchase.stripe_payment_intent}"
    if (charge.amount, charge.currency) != (purchase.total, purchase.currency):
        return f"took {charge.amount} {charge.currency}, {mark} came to {purchase.total} {purchase.currency}"
    return ""


def _compare_reversals(intents: set[str]) -> int:
    mended, problems, looked_at = 0, {}, set()
    for purchase in _of(intents):
        before = (purchase.refunded_amount, purchase.reversed_credits, purchase.disputed)
        looked_at.add(purchase.public_id)
        try:
            now = reversals.refresh(purchase)
        except Exception as exc:
            problems[purchase.public_id] = f"{type(exc).__name__}: {exc}"
            continue
        if (now.refunded_amount, now.reversed_credits, now.disputed) != before:
            log.warning("reversal_was_not_applied", purchase=purchase.public_id)
            mended += 1
    findings.record("reversal", problems, looked_at=looked_at)
    return mended


def _find_credits_without_charge(charges: dict[str, Charge], since: datetime, until: datetime) -> None:
    paid_by = {_id(charge.payment_intent) for charge in charges.values() if charge.payment_intent}
    paid = Purchase.objects.filter(paid_at__gte=since, paid_at__lt=until, total__gt=0)
    problems, looked_at = {}, set()
    for public_id, intent in paid.exclude(fulfilled_at=None).values_list(
        "public_id", "stripe_payment_intent"
    ):
        looked_at.add(public_id)
        if intent not in paid_by:
            problems[public_id] = f"was credited, but the balance has no charge of {intent}"
    findings.record("credits", problems, looked_at=looked_at)


def _of(intents: set[str]) -> Iterator[Purchase]:
    for page in parts(sorted(intents), PAGE):
        yield from Purchase.objects.filter(stripe_payment_intent__in=page).exclude(fulfilled_at=None)


def _id(reference: object) -> str:
    """The id of an object that Stripe gives as its id or, expanded, as itself."""
    return reference if isinstance(reference, str) else str(getattr(reference, "id", ""))
