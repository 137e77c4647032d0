"""A finding stays until it is gone or a person has said why it is there."""

import pytest

from billing import findings
from billing.models import ReconciliationFinding
from tests.conftest import Owner

pytestmark = pytest.mark.django_db
State = ReconciliationFinding.State


def states() -> dict[str, str]:
    return dict(ReconciliationFinding.objects.values_list("subject", "state"))


def test_found_again_is_one_finding() -> None:
    assert findings.record("ledger", {"acct_1": "held is 0"}) == 1
    assert findings.record("ledger", {"acct_1": "held is 0"}) == 1
    assert states() == {"acct_1": State.OPEN}


def test_found_no_more_is_gone_and_comes_back() -> None:
    findings.record("ledger", {"acct_1": "held is 0", "acct_2": "held is 1"})
    assert findings.record("ledger", {"acct_2": "held is 1"}) == 1
    assert states() == {"acct_1": State.GONE, "acct_2": State.OPEN}
    assert findings.record("ledger", {"acct_1": "held is 0"}) == 1
    assert states() == {"acct_1": State.OPEN, "acct_2": State.GONE}


def test_what_was_not_looked_at_stays() -> None:
    findings.record("charge", {"ch_1": "no purchase", "ch_2": "no purchase"})
    findings.record("charge", {}, looked_at=["ch_1"])
    assert states() == {"ch_1": State.GONE, "ch_2": State.OPEN}


def test_kinds_do_not_mix() -> None:
    findings.record("charge", {"x": "no purchase"})
    findings.record("ledger", {})
    assert states() == {"x": State.OPEN}


def test_an_explanation_holds_for_what_was_explained(owner: Owner) -> None:
    findings.record("charge", {"ch_1": "700 usd, ordered 500"})
    finding = ReconciliationFinding.objects.get()
    with pytest.raises(ValueError):
        findings.explain(finding=finding, user=owner.user, text="  ")
    findings.explain(finding=finding, user=owner.user, text="Sold by telephone.")
    assert findings.record("charge", {"ch_1": "700 usd, ordered 500"}) == findings.unexplained() == 0
    assert findings.record("charge", {"ch_1": "900 usd, ordered 500"}) == findings.unexplained() == 1
    finding.refresh_from_db()
    assert (finding.state, finding.explanation) == (State.OPEN, "Sold by telephone.")
