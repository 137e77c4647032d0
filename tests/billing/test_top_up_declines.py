"""A refused card: nothing is charged, an hour's wait, and after three refusals it ends with a mail."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from billing import top_up_rules
from billing.models import Purchase, TopUpAttempt
from tests.billing.bank import Bank
from tests.billing.simulator import ACCEPTED
from tests.billing.top_ups import GOOD, REFUSED, TopUps, sent

State = TopUpAttempt.State
pytestmark = pytest.mark.django_db


def test_a_refusal_is_written_down_and_brings_nothing(top_ups: TopUps) -> None:
    top_ups.agree(REFUSED)
    attempt = top_ups.consider()
    assert (attempt.state, attempt.reason) == (State.DECLINED, "generic_decline")
    assert attempt.purchase.state == Purchase.State.FAILED
    assert attempt.settled_at is not None
    assert (top_ups.charged(), top_ups.shop.available) == ([], 0)
    assert (top_ups.rule().enabled, top_ups.rule().declines) == (True, 1)
    assert top_ups.mails() == []


def test_the_next_try_waits_an_hour(top_ups: TopUps) -> None:
    top_ups.agree(REFUSED)
    first = top_ups.consider()
    assert top_ups.nothing_to_do()
    with time_machine.travel(timezone.now() + timedelta(minutes=59), tick=False):
        assert top_ups.nothing_to_do()
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        again = top_ups.consider()
    assert again.pk != first.pk
    assert again.stripe_payment_intent != first.stripe_payment_intent


def test_after_three_refusals_it_ends_with_a_mail(top_ups: TopUps) -> None:
    top_ups.agree(REFUSED)
    now = timezone.now()
    for hours in range(0, 6, 2):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            assert top_ups.consider().state == State.DECLINED
    assert (top_ups.rule().enabled, top_ups.rule().ended) == (False, "declined")
    with time_machine.travel(now + timedelta(hours=9), tick=False):
        assert top_ups.nothing_to_do()
        assert "refused three times in a row" in sent("top_up_ended")
    assert TopUpAttempt.objects.count() == 3


def test_a_success_forgets_the_refusals_before_it(top_ups: TopUps) -> None:
    rule = top_ups.agree(REFUSED)
    top_ups.consider()
    top_ups.shop.simulator.control("cards", payment_method=rule.consent.payment_method, acts_as=ACCEPTED)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert top_ups.consider().state == State.SUCCEEDED
    assert (top_ups.rule().declines, top_ups.rule().not_before) == (0, None)


def test_agreeing_anew_starts_anew(top_ups: TopUps) -> None:
    top_ups.agree(REFUSED)
    top_ups.consider()
    top_ups.agree(GOOD)
    assert top_ups.consider().state == State.SUCCEEDED
    assert top_ups.rule().declines == 0


def test_a_card_that_is_no_longer_saved_ends_it(top_ups: TopUps) -> None:
    rule = top_ups.agree()
    top_ups.shop.simulator.client.v1.payment_methods.detach(rule.consent.payment_method)
    attempt = top_ups.consider()
    assert attempt.state == State.FAILED
    assert attempt.purchase.state == Purchase.State.FAILED
    assert (top_ups.rule().enabled, top_ups.rule().ended) == (False, "card_gone")
    assert "Visa …4242 is no longer saved" in sent("top_up_ended")
    assert top_ups.charged() == []


def test_switched_off_by_the_customer(top_ups: TopUps) -> None:
    top_ups.agree()
    top_up_rules.switch_off(top_ups.shop.owner.account)
    assert top_ups.nothing_to_do()
    assert (top_ups.rule().ended, top_ups.mails()) == ("customer", [])


def test_a_debt_is_not_repaid_unasked(top_ups: TopUps) -> None:
    from billing.models import CreditAccount

    top_ups.agree()
    CreditAccount.objects.filter(account=top_ups.shop.owner.account).update(debt=3)
    assert top_ups.nothing_to_do()
    CreditAccount.objects.filter(account=top_ups.shop.owner.account).update(debt=0)


def test_what_was_refunded_is_not_bought_back_unasked(top_ups: TopUps) -> None:
    top_ups.agree()
    bought = top_ups.consider().purchase
    bank = Bank(top_ups.shop)
    bank.refund(bought)
    assert bank.news(bought) == (Purchase.State.REVERSED, 50, False)
    assert top_ups.shop.available == 0
    assert top_ups.nothing_to_do()
    assert (top_ups.rule().enabled, top_ups.rule().ended) == (False, "taken_back")
    assert "refunded or disputed" in sent("top_up_ended")
    top_ups.agree()
    assert top_ups.consider().state == State.SUCCEEDED
    assert len(top_ups.charged()) == 2
