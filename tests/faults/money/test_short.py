"""The money campaign in short: nothing is granted twice, lost or left open. The full one is `make faults-money`."""

import pytest

from tests.faults.money.campaign import SHORT, broken, run

pytestmark = pytest.mark.slow


def test_a_short_campaign_breaks_nothing() -> None:
    report = run(SHORT)
    assert broken(report) == []
    assert (report["deliveries"], report["kills"]) == (SHORT.deliveries, SHORT.kills)
    assert report["purchases_paid"] > 0
    assert report["orphans_settled"] == SHORT.orphans
