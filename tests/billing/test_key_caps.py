"""A key's monthly cap: exact, by lineage, by UTC calendar month; over it nothing is held."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from accounts import api_keys, key_caps
from accounts.models import ApiKey
from billing import ledger, spending
from billing.errors import InsufficientCredits, KeyCapReached
from billing.models import Hold, LedgerTxn
from billing.selectors import balance
from core.errors import AppError
from tests.conftest import Owner

pytestmark = pytest.mark.django_db


def hold(owner: Owner, number: int, key: ApiKey | None = None) -> Hold:
    return spending.hold(account=owner.account, job=f"rst_{number}", api_key=key or owner.key_row)


def spent(owner: Owner) -> int:
    return spending.spent_by_key(owner.key_row.lineage_id, timezone.now())


def test_up_to_the_cap_and_no_further(owner: Owner) -> None:
    key_caps.set_cap(key=owner.key_row, monthly_credits=2)
    hold(owner, 1)
    hold(owner, 2)
    before = LedgerTxn.objects.count()
    with pytest.raises(KeyCapReached) as refused:
        hold(owner, 3)
    assert (refused.value.status, refused.value.code) == (402, "key_cap_reached")
    assert refused.value.extra["cap"] == refused.value.extra["spent"] == 2
    assert balance(owner.account).as_dict() == {"available": 3, "held": 2, "debt": 0}
    assert LedgerTxn.objects.count() == before
    assert not Hold.objects.filter(job="rst_3").exists()


def test_what_was_released_does_not_count(owner: Owner) -> None:
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    hold(owner, 1)
    ledger.release(job="rst_1", reason="failed")
    assert spent(owner) == 0
    hold(owner, 2)
    ledger.capture(job="rst_2")
    assert spent(owner) == 1
    with pytest.raises(KeyCapReached):
        hold(owner, 3)


def test_a_key_without_a_cap_spends_what_is_there(owner: Owner) -> None:
    for number in range(5):
        hold(owner, number)
    with pytest.raises(InsufficientCredits):
        hold(owner, 5)
    assert spent(owner) == 5


def test_other_keys_and_the_website_are_not_capped(owner: Owner) -> None:
    other, _ = api_keys.create(account=owner.account, name="Other")
    key_caps.set_cap(key=owner.key_row, monthly_credits=0)
    hold(owner, 1, other)
    spending.hold(account=owner.account, job="rst_web")
    with pytest.raises(KeyCapReached):
        hold(owner, 2)
    assert balance(owner.account).held == 2


def test_a_rotated_key_keeps_cap_and_use(owner: Owner) -> None:
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    hold(owner, 1)
    rotated, _ = api_keys.create(account=owner.account, name="Rotated")
    ApiKey.objects.filter(pk=rotated.pk).update(lineage_id=owner.key_row.lineage_id)
    rotated.refresh_from_db()
    with pytest.raises(KeyCapReached):
        hold(owner, 2, rotated)


def test_a_new_month_begins_at_midnight_utc(owner: Owner) -> None:
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    with time_machine.travel(datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC), tick=False):
        hold(owner, 1)
        with pytest.raises(KeyCapReached) as refused:
            hold(owner, 2)
        assert refused.value.extra["resets_at"] == "2028-01-01T00:00:00+00:00"
        assert "1 January 2028, 00:00 UTC" in refused.value.message
    with time_machine.travel(datetime(2028, 1, 1, tzinfo=UTC), tick=False):
        hold(owner, 3)
        assert spent(owner) == 1


def test_a_cap_is_changed_and_taken_away(owner: Owner) -> None:
    key_caps.set_cap(key=owner.key_row, monthly_credits=0)
    with pytest.raises(KeyCapReached):
        hold(owner, 1)
    key_caps.set_cap(key=owner.key_row, monthly_credits=1)
    hold(owner, 1)
    key_caps.set_cap(key=owner.key_row, monthly_credits=None)
    hold(owner, 2)
    assert key_caps.caps_of(owner.account) == {}


@pytest.mark.parametrize("credits", [-1, 1_000_001])
def test_a_cap_outside_its_bounds_is_refused(owner: Owner, credits: int) -> None:
    with pytest.raises(AppError, match="between 0 and"):
        key_caps.set_cap(key=owner.key_row, monthly_credits=credits)
