"""The kill campaign in short: nothing is lost, charged wrongly or left behind."""

import pytest

from tests.faults.campaign import Campaign, broken
from tests.instance import new_instance

pytestmark = pytest.mark.slow


def test_a_short_campaign_breaks_nothing() -> None:
    instance = new_instance(RESTORATION_SHED_LOAD="0").start()
    try:
        report = Campaign(instance, seconds=25, clients=6, pause=(1.0, 6.0)).run()
    finally:
        instance.stop()
    assert broken(report) == []
    assert report["jobs"] > 0
    assert sum(number for name, number in report.items() if name.startswith("kills of")) > 0
