"""The books by themselves: ledgers, grants, guards and the inbox, each checked without asking Stripe."""

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Account
from billing import audit, findings, guards, stripe_events
from billing.models import CreditGrant, Purchase, StripeEvent


def check_ledgers() -> int:
    """Every invariant and the hash chain of every account. How many accounts are unexplained."""
    found = {}
    for pk in list(Account.objects.exclude(credit_account=None).values_list("pk", flat=True)):
        account = Account.objects.get(pk=pk)
        if problems := audit.problems(account):
            found[account.public_id] = "; ".join(problems)[:2000]
    return findings.record("ledger", found)


def check_grants() -> int:
    """Every credited purchase has its credits, and credits of a purchase have one. How many have not."""
    paid = CreditGrant.objects.filter(ref=OuterRef("public_id"), kind=CreditGrant.Kind.PAID)
    granted = paid.values("ref").annotate(n=Sum("amount")).values("n")
    differ = (
        Purchase.objects.annotate(granted=Coalesce(Subquery(granted), 0))
        .filter(
            Q(fulfilled_at=None, granted__gt=0) | Q(fulfilled_at__isnull=False) & ~Q(granted=F("credits"))
        )
        .values_list("public_id", "granted", "credits", "state")
    )
    found = {
        public_id: f"is {state}: {credits} credits were bought, {number} granted"
        for public_id, number, credits, state in differ
    }
    bought = CreditGrant.objects.filter(source__startswith="purchase:")
    nowhere = bought.exclude(ref__in=Purchase.objects.values("public_id"))
    for source in nowhere.values_list("source", flat=True):
        found[source] = "credits of a purchase that is not there"
    return findings.record("grant", found)


def check_guards() -> int:
    """Every trigger is where it should be. How many are not."""
    return findings.record("guard", {guard.name: f"missing on {guard.table}" for guard in guards.missing()})


def check_events() -> int:
    """No event was given up. How many were, and nobody said why."""
    given_up = StripeEvent.objects.filter(
        status=StripeEvent.Status.FAILED, attempts__gte=stripe_events.MAX_ATTEMPTS
    )
    return findings.record("event", dict(given_up.values_list("event_id", "last_error")))
