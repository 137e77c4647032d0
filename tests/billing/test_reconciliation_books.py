"""The books are checked without asking Stripe; what is wrong with them is a finding until it is mended."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing import books, guards, ledger
from billing.models import CreditGrant, Hold, Purchase, ReconciliationFinding, StripeEvent
from billing.stripe_events import MAX_ATTEMPTS
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def open_findings(kind: str) -> dict[str, str]:
    found = ReconciliationFinding.objects.filter(state="open", kind=kind)
    return dict(found.values_list("subject", "detail"))


def test_a_ledger_that_does_not_hold_together(owner: Owner, stranger: Owner) -> None:
    ledger.hold(account=owner.account, job="rst_1")
    assert books.check_ledgers() == 0
    Hold.objects.update(state="released")
    assert books.check_ledgers() == 1
    assert "hold rst_1 is released" in open_findings("ledger")[owner.account.public_id]
    Hold.objects.update(state="held")
    assert books.check_ledgers() == 0


def purchase(owner: Owner, **fields: Any) -> Purchase:
    return Purchase.objects.create(
        account=owner.account, pack="credits_10", credits=10, amount=500, currency="usd", **fields
    )


def grant(owner: Owner, purchase: str) -> None:
    ledger.grant(
        account=owner.account,
        amount=10,
        kind=CreditGrant.Kind.PAID,
        source=f"purchase:{purchase}",
        ref=purchase,
    )


def test_a_purchase_without_its_credits(owner: Owner) -> None:
    bought = purchase(owner, state="fulfilled", fulfilled_at=timezone.now())
    purchase(owner, state="open")
    assert books.check_grants() == 1
    assert open_findings("grant") == {bought.public_id: "is fulfilled: 10 credits were bought, 0 granted"}
    grant(owner, bought.public_id)
    assert books.check_grants() == 0
    ledger.grant(
        account=owner.account,
        amount=3,
        kind=CreditGrant.Kind.PROMO,
        source=f"purchase:{bought.public_id}:bonus",
        ref=bought.public_id,
    )
    assert books.check_grants() == 0


def test_credits_without_their_purchase(owner: Owner) -> None:
    ordered = purchase(owner, state="open")
    for name in (ordered.public_id, "pur_forged"):
        grant(owner, name)
    assert books.check_grants() == 2
    assert open_findings("grant") == {
        ordered.public_id: "is open: 10 credits were bought, 10 granted",
        "purchase:pur_forged": "credits of a purchase that is not there",
    }


def test_a_guard_that_is_gone(owner: Owner) -> None:
    assert books.check_guards() == 0
    on_table = " ON billing_ledgertxn" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute(f"DROP TRIGGER billing_ledgertxn_guard_update{on_table}")
    assert books.check_guards() == 1
    assert "billing_ledgertxn_guard_update" in open_findings("guard")
    guards.install()
    assert books.check_guards() == 0


def test_an_event_that_was_given_up() -> None:
    event = StripeEvent.objects.create(
        event_id="evt_1", type="refund.created", payload={}, status="failed", attempts=MAX_ATTEMPTS - 1
    )
    assert books.check_events() == 0
    event.attempts, event.last_error = MAX_ATTEMPTS, "APIConnectionError: no answer"
    event.save()
    assert books.check_events() == 1
    assert open_findings("event") == {"evt_1": "APIConnectionError: no answer"}
