"""What the database and Stripe say afterwards. Code that runs in the platform's own Django."""

AUDIT = """
from collections import Counter
from django.db.models import Sum
from accounts.models import Account, Membership
from billing.audit import problems
from billing.models import CreditGrant, Hold, LedgerEntry, LedgerTxn, Purchase, StripeEvent
from billing.guards import missing
from billing.stripe_client import client
from restoration.models import Restoration

v1 = client().v1

def everything(listing, **params):
    return list(listing.list({"limit": 100, **params}).auto_paging_iter())

purchases = {purchase.public_id: purchase for purchase in Purchase.objects.all()}
granted = Counter()
for ref, amount in CreditGrant.objects.filter(kind="paid").values_list("ref", "amount"):
    granted[ref] += amount
booked = Counter(LedgerTxn.objects.filter(kind="grant").values_list("ref", flat=True))

paid = [s for s in everything(v1.checkout.sessions) if s.status == "complete" and s.payment_status != "unpaid"]
ours = [session.client_reference_id for session in paid]
lost = sum(mark not in purchases or granted[mark] < purchases[mark].credits for mark in ours)

back = Counter()
for refund in everything(v1.refunds):
    if refund.status not in ("failed", "canceled"):
        back[refund.payment_intent] += refund.amount
for dispute in everything(v1.disputes):
    if dispute.status not in ("won", "prevented") and not dispute.status.startswith("warning"):
        back[dispute.payment_intent] += dispute.amount

def due(purchase):
    lost = min(back[purchase.stripe_payment_intent], purchase.total)
    return purchase.credits * lost // purchase.total

credited = [purchase for purchase in purchases.values() if purchase.fulfilled_at]
jobs = dict(Restoration.objects.values_list("public_id", "status"))
charged = Counter(LedgerTxn.objects.filter(kind="capture").values_list("ref", flat=True))
held = set(Hold.objects.filter(state="held").values_list("job", flat=True))
books = dict(LedgerEntry.objects.values_list("book").annotate(n=Sum("amount")))
# Only of those whose webhooks went straight to the platform.
direct = set(Membership.objects.filter(user__email__startswith="spender").values_list("account", flat=True))
waits = sorted(
    (p.fulfilled_at - p.paid_at).total_seconds() for p in credited if p.paid_at and p.account_id in direct
)

def waited(share):
    return max(0, round(waits[min(len(waits) - 1, int(len(waits) * share))])) if waits else 0

kept = set(StripeEvent.objects.values_list("event_id", flat=True))
result = {
    "events_at_stripe": len(listed := everything(v1.events)),
    "events_never_heard_of": sum(event.id not in kept for event in listed),
    "events": len(kept),
    "events_found_by_sweep": StripeEvent.objects.filter(source="sweep").count(),
    "events_unfinished": StripeEvent.objects.filter(status__in=["received", "failed"]).count(),
    "purchases_paid": len(ours),
    "double_grants": sum(granted[mark] > p.credits or booked[mark] > 1 for mark, p in purchases.items()),
    "lost": lost,
    "reversals": sum(purchase.reversed_credits > 0 for purchase in credited),
    "reversals_wrong": sum(purchase.reversed_credits != due(purchase) for purchase in credited),
    "credited_unpaid": sum(mark not in ours for mark in purchases if purchases[mark].fulfilled_at),
    "seconds_to_credit_p50": waited(0.5),
    "seconds_to_credit_p99": waited(0.99),
    "jobs": len(jobs),
    "jobs_charged": len(charged),
    "jobs_charged_twice": sum(number > 1 for number in charged.values()),
    "jobs_charged_wrongly": sum((jobs[job] == "succeeded") != (charged[job] == 1) for job in jobs),
    "ledger_transactions": LedgerTxn.objects.count(),
    "ledger_sum": sum(books.values()),
    "invariant_breaks": sum(len(problems(account)) for account in Account.objects.all()),
    "guards_missing": len(missing()),
    "holds": Hold.objects.count(),
    "orphans_settled": Hold.objects.filter(job__startswith="rst_orphan", state="released").count(),
    "orphan_holds": sum(jobs.get(job) not in ("queued", "processing") for job in held),
}
"""

# Every one of these must be zero.
FORBIDDEN = (
    "deliveries_not_taken",
    "forged_accepted",
    "events_unfinished",
    "double_grants",
    "lost",
    "reversals_wrong",
    "credited_unpaid",
    "jobs_charged_twice",
    "jobs_charged_wrongly",
    "ledger_sum",
    "invariant_breaks",
    "guards_missing",
    "orphan_holds",
    "overspends",
    "unexplained",
)
