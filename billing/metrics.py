"""Numbers about money for `/metrics`: all of them from the database, none about a single customer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Model, Q, Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from billing import findings
from billing.models import CreditAccount, CreditGrant, Hold, Purchase, ReconciliationFinding, StripeEvent

# Seconds from the charge to its credits.
BUCKETS = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 86400)


def collect() -> Iterator[Metric]:
    """Every metric of billing."""
    yield _counted("stripe_events", "Events in the inbox.", StripeEvent, "status", "source")
    yield _gauge(
        "stripe_event_oldest_waiting_seconds",
        "How long the oldest unfinished event has waited.",
        _age(
            StripeEvent.objects.filter(status__in=StripeEvent.WAITING).aggregate(at=Min("received_at"))["at"]
        ),
    )
    yield _counted("purchases", "Purchases.", Purchase, "state")
    yield _time_to_credit()
    yield _grants()
    yield from _balances()
    held = Hold.objects.filter(state=Hold.State.HELD).aggregate(n=Count("pk"), at=Min("created_at"))
    yield _gauge("holds_open", "Holds that are not settled.", held["n"])
    yield _gauge("hold_oldest_open_seconds", "How long the oldest open hold has stood.", _age(held["at"]))
    yield _counted("reconciliation_findings", "Differences found.", ReconciliationFinding, "kind", "state")
    yield _gauge(
        "reconciliation_unexplained", "Differences that nobody has explained.", findings.unexplained()
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"heirloom_{name}", text, value=value)


def _counted(name: str, text: str, model: type[Model], *labels: str) -> Metric:
    """Rows of a table by some of their columns."""
    metric = GaugeMetricFamily(f"heirloom_{name}", text, labels=labels)
    rows = model._default_manager.order_by().values_list(*labels).annotate(n=Count("pk"))
    for *values, number in rows:
        metric.add_metric([str(value) for value in values], number)
    return metric


def _grants() -> Metric:
    metric = GaugeMetricFamily("heirloom_credits_granted", "Credits that came in.", labels=["kind"])
    for kind, amount in CreditGrant.objects.order_by().values_list("kind").annotate(n=Sum("amount")):
        metric.add_metric([kind], amount)
    return metric


def _balances() -> Iterator[Metric]:
    sums = CreditAccount.objects.aggregate(
        **{part: Sum(part, default=0) for part in ("available", "held", "debt")}
    )
    metric = GaugeMetricFamily("heirloom_credits", "Credits of all accounts.", labels=["balance"])
    for part, amount in sums.items():
        metric.add_metric([part], amount)
    yield metric
    in_debt = CreditAccount.objects.filter(debt__gt=0).count()
    yield _gauge("accounts_in_debt", "Accounts that owe credits after a refund or dispute.", in_debt)


def _time_to_credit() -> Metric:
    wait = ExpressionWrapper(F("fulfilled_at") - F("paid_at"), output_field=DurationField())
    paid = Purchase.objects.exclude(fulfilled_at=None).exclude(paid_at=None).annotate(wait=wait)
    counts = {f"le_{s}": Count("pk", filter=Q(wait__lte=timedelta(seconds=s))) for s in BUCKETS}
    found = paid.aggregate(all=Count("pk"), total=Sum("wait"), **counts)
    buckets = [(f"{s:.1f}", found[f"le_{s}"]) for s in BUCKETS]
    return HistogramMetricFamily(
        "heirloom_time_to_credit_seconds",
        "From the charge to its credits.",
        buckets=[*buckets, ("+Inf", found["all"])],
        sum_value=(found["total"] or timedelta()).total_seconds(),
    )


def _age(since: datetime | None) -> float:
    """Seconds since then; 0 for never."""
    return (timezone.now() - since).total_seconds() if since else 0.0
