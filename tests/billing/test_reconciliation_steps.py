"""One step that fails keeps no other from being taken, and is known until it succeeds."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from billing import ledger, reconciliation
from billing.models import Hold, ReconciliationFinding
from tests.billing.shop import Shop
from tests.billing.simulator import free_port

pytestmark = pytest.mark.usefixtures("new_stripe")


def failing() -> set[str]:
    found = ReconciliationFinding.objects.filter(kind="step", state="open")
    return set(found.values_list("subject", flat=True))


def test_stripe_is_out_of_reach_for_a_while(shop: Shop, settings: Any) -> None:
    shop.paid()
    there = settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    counts = reconciliation.frequent()
    assert (counts["top_ups_settled"], counts["unexplained"]) == (0, 2)
    assert failing() == {"events_taken", "sessions_settled"}
    settings.STRIPE_API_BASE = there
    assert reconciliation.frequent()["sessions_settled"] == 1
    assert failing() == set()
    assert shop.available == 50


def command() -> tuple[int, dict[str, int]]:
    output, code = StringIO(), 0
    try:
        call_command("reconcile", stdout=output)
    except SystemExit as exc:
        code = int(str(exc.code))
    counts: dict[str, int] = json.loads(output.getvalue().splitlines()[-1])
    return code, counts


def test_the_command_says_whether_all_is_explained(shop: Shop) -> None:
    shop.paid()
    code, counts = command()
    assert (code, counts["sessions_settled"], counts["unexplained"]) == (0, 1, 0)
    ledger.hold(account=shop.owner.account, job="rst_1")
    Hold.objects.update(state="released")
    code, counts = command()
    assert (code, counts["ledgers_wrong"], counts["unexplained"]) == (1, 1, 1)
