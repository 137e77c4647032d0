"""The numbers about money are those of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import findings, ledger
from billing.metrics import collect
from billing.models import CreditAccount, CreditGrant, Purchase, StripeEvent
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def samples() -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus writes them."""
    found = {}
    for metric in collect():
        for sample in metric.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}".removesuffix("{}")] = sample.value
    return found


def test_an_empty_shop() -> None:
    found = samples()
    assert found["heirloom_reconciliation_unexplained"] == found["heirloom_holds_open"] == 0
    assert found["heirloom_time_to_credit_seconds_count"] == 0
    assert found["heirloom_stripe_event_oldest_waiting_seconds"] == 0


def test_events_by_what_became_of_them() -> None:
    for number, status in enumerate(["processed", "processed", "failed"]):
        StripeEvent.objects.create(
            event_id=f"evt_{number}",
            type="refund.created",
            payload={},
            status=status,
            received_at=timezone.now() - timedelta(minutes=number),
        )
    found = samples()
    assert found["heirloom_stripe_events{source=webhook,status=processed}"] == 2
    assert found["heirloom_stripe_events{source=webhook,status=failed}"] == 1
    assert 120 <= found["heirloom_stripe_event_oldest_waiting_seconds"] < 180


def test_credits_holds_and_debts(owner: Owner, stranger: Owner) -> None:
    ledger.grant(account=owner.account, amount=3, kind=CreditGrant.Kind.PROMO, source="promo:1")
    ledger.hold(account=owner.account, job="rst_1")
    CreditAccount.objects.filter(account=stranger.account).update(available=0, debt=2)
    found = samples()
    assert found["heirloom_credits_granted{kind=paid}"] == 10
    assert found["heirloom_credits_granted{kind=promo}"] == 3
    assert [found[f"heirloom_credits{{balance={part}}}"] for part in ("available", "held", "debt")] == [
        7,
        1,
        2,
    ]
    assert (found["heirloom_holds_open"], found["heirloom_accounts_in_debt"]) == (1, 1)


def test_the_time_from_the_charge_to_its_credits(owner: Owner) -> None:
    now = timezone.now()
    for wait in (1, 7, 7, 400):
        Purchase.objects.create(
            account=owner.account,
            pack="credits_10",
            credits=10,
            amount=500,
            currency="usd",
            state="fulfilled",
            paid_at=now - timedelta(seconds=wait),
            fulfilled_at=now,
        )
    Purchase.objects.create(
        account=owner.account, pack="credits_10", credits=10, amount=500, currency="usd", paid_at=now
    )
    found = samples()
    buckets = {
        bound: found[f"heirloom_time_to_credit_seconds_bucket{{le={bound}}}"]
        for bound in ("1.0", "5.0", "10.0", "300.0", "900.0", "+Inf")
    }
    assert buckets == {"1.0": 1, "5.0": 1, "10.0": 3, "300.0": 3, "900.0": 4, "+Inf": 4}
    assert found["heirloom_time_to_credit_seconds_sum"] == 415
    assert found["heirloom_purchases{state=fulfilled}"] == 4


def test_what_is_unexplained() -> None:
    findings.record("charge", {"ch_1": "no purchase", "ch_2": "no purchase"})
    findings.record("charge", {"ch_1": "no purchase"})
    found = samples()
    assert found["heirloom_reconciliation_unexplained"] == 1
    assert found["heirloom_reconciliation_findings{kind=charge,state=gone}"] == 1
