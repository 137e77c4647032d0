"""Many triggers at the same moment: one attempt, one charge, one grant."""

import pytest

from billing import top_up, top_up_payments, top_up_rules
from billing.models import TopUpAttempt
from tests.billing.test_purchase_race import at_once
from tests.billing.top_ups import TopUps

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_triggers_begin_one(top_ups: TopUps) -> None:
    top_ups.agree()
    account = top_ups.shop.owner.account
    assert at_once(*(lambda: top_up.begin(account) for _ in range(8))) == []
    assert TopUpAttempt.objects.count() == 1


def test_eight_workers_charge_once(top_ups: TopUps) -> None:
    top_ups.agree()
    account = top_ups.shop.owner.account
    assert at_once(*(lambda: top_up.consider(account) for _ in range(8))) == []
    assert [charge.amount for charge in top_ups.charged()] == [2000]
    assert (top_ups.shop.available, top_ups.shop.grants()) == (50, 1)


def test_settling_what_was_read_before_the_others_grants_once(top_ups: TopUps) -> None:
    top_ups.agree()
    attempt = top_up.begin(top_ups.shop.owner.account)
    assert attempt is not None
    intent_id = top_up_payments._create(attempt).id
    # All have asked Stripe already: only the transaction stands between them and six grants.
    read = [top_up_payments.retrieve(intent_id) for _ in range(6)]
    assert at_once(*(lambda intent=intent: top_up_payments.settle(intent) for intent in read)) == []
    assert (top_ups.shop.available, top_ups.shop.grants(), top_ups.mails()) == (50, 1, ["top_up_paid"])


def test_switching_off_at_the_same_moment_leaves_no_half(top_ups: TopUps) -> None:
    top_ups.agree()
    account = top_ups.shop.owner.account
    raised = at_once(
        lambda: top_up.begin(account),
        lambda: top_up_rules.switch_off(account),
        lambda: top_up.begin(account),
    )
    assert raised == []
    assert TopUpAttempt.objects.count() <= 1
    assert top_up.begin(account) is None
