"""Setting top-ups up: nothing without a saved card, nothing without agreeing to the exact words."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from billing.models import BalanceNotice, Purchase, TopUpConsent, TopUpRule
from tests.billing.simulator import Simulator
from tests.billing.top_ups import CONFIRMED_BY_BANK, REFUSED, TopUps
from tests.website import plain_static_files, text_of  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/billing/top-up/"


@pytest.fixture
def card(top_ups: TopUps) -> str:
    """The id of a saved card; nothing is agreed to."""
    from billing.customers import ensure_customer

    owner = top_ups.shop.owner
    customer = ensure_customer(account=owner.account, user=owner.user)
    return str(
        top_ups.shop.simulator.client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    )


def wishes(card_id: str, **changes: str) -> dict[str, str]:
    return {"threshold": "10", "pack": "credits_50", "monthly_limit": "2", "card": card_id, **changes}


def review(client: Client, given: dict[str, str]) -> Any:
    reply = client.post(PAGE, given)
    assert reply.status_code == 200, text_of(reply)
    return reply


def hidden(reply: Any) -> dict[str, str]:
    """What the page's own form would send."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', reply.content.decode()))


def test_the_words_have_every_figure_in_them(customer: Client, card: str) -> None:
    shown = text_of(review(customer, wishes(card)))
    assert (
        "When fewer than 10 credits are available, Heirloom buys 50 credits for $20.00 and charges my Visa …4242, "
        "without asking me again, at most 2 times in a calendar month (UTC), that is at most $40.00."
    ) in shown
    assert "the first top-up follows at once" in shown
    assert TopUpRule.objects.count() == TopUpConsent.objects.count() == 0


def test_agreeing_stores_who_to_what_and_when(customer: Client, top_ups: TopUps, card: str) -> None:
    reply = review(customer, wishes(card))
    done = customer.post(PAGE, {**hidden(reply), "agreed": "yes"}, follow=True)
    assert "Automatic top-up is on." in text_of(done)
    rule = top_ups.rule()
    consent = rule.consent
    assert rule.enabled
    assert (consent.user, consent.text_version) == (top_ups.shop.owner.user, 1)
    assert (consent.threshold, consent.pack, consent.monthly_limit) == (10, "credits_50", 2)
    assert (consent.amount, consent.currency, consent.payment_method) == (2000, "usd", card)
    assert "at most 2 times" in text_of(customer.get(PAGE))


def test_without_the_tick_nothing_is_switched_on(customer: Client, card: str) -> None:
    reply = customer.post(PAGE, hidden(review(customer, wishes(card))))
    assert reply.status_code == 422
    assert "Tick the box" in text_of(reply)
    assert TopUpRule.objects.count() == 0


def test_words_that_were_not_shown_are_not_agreed_to(
    customer: Client, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from billing import catalog

    sent = hidden(review(customer, wishes(card)))
    monkeypatch.setitem(catalog.UNIT_PRICES, "usd", (60, 50, 40))
    again = customer.post(PAGE, {**sent, "agreed": "yes"})
    assert "for $25.00" in text_of(again)
    assert TopUpRule.objects.count() == 0
    customer.post(PAGE, {**wishes(card), "agreed": "yes"})  # past the page of the words
    assert TopUpRule.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"threshold": "51"}, "between 1 and the 50 credits"),
        ({"threshold": "0"}, "greater than or equal to 1"),
        ({"monthly_limit": "32"}, "less than or equal to 31"),
        ({"pack": "credits_1"}, "Select a valid choice"),
        ({"card": "pm_of_somebody_else"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said(customer: Client, card: str, changes: dict[str, str], said: str) -> None:
    reply = customer.post(PAGE, wishes(card, **changes))
    assert reply.status_code == 422
    assert said in text_of(reply)
    assert TopUpRule.objects.count() == 0


def test_another_customers_card_cannot_be_chosen(customer: Client, card: str, simulator: Simulator) -> None:
    other = simulator.client.v1.customers.create({"email": "other@example.org"}).id
    foreign = simulator.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": other}).id
    assert customer.post(PAGE, wishes(card, card=foreign)).status_code == 422


def test_without_a_card_a_first_purchase_keeps_one(customer: Client, top_ups: TopUps) -> None:
    assert "none is kept so far" in text_of(customer.get(PAGE))
    reply = customer.post(reverse("billing:top-up-card"), {"pack": "credits_10"})
    purchase = Purchase.objects.get()
    assert reply["Location"] == purchase.checkout_url
    assert top_ups.shop.pay(purchase) == 302
    assert "Visa …4242, valid until 12/2040" in text_of(customer.get(PAGE))


def test_switching_off_needs_no_stripe(customer: Client, top_ups: TopUps, settings: Any) -> None:
    top_ups.agree()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    reply = customer.post(reverse("billing:top-up-off"), follow=True)
    assert "Automatic top-up is off." in text_of(reply)
    assert not top_ups.rule().enabled
    assert "cannot show your saved cards" in text_of(reply)


def test_the_last_tries_are_listed_with_what_they_cost(customer: Client, top_ups: TopUps) -> None:
    top_ups.agree(REFUSED)
    top_ups.consider()
    shown = text_of(customer.get(PAGE))
    assert "Declined, not charged" in shown
    assert "not tried again before" in shown


def test_its_receipt_says_that_it_came_by_itself(customer: Client, top_ups: TopUps) -> None:
    top_ups.agree()
    purchase = top_ups.consider().purchase
    shown = text_of(customer.get(reverse("billing:purchase", args=[purchase.public_id])))
    assert "charged to your Visa …4242" in shown


def test_a_payment_to_confirm_leads_to_stripe(customer: Client, top_ups: TopUps) -> None:
    top_ups.agree(CONFIRMED_BY_BANK)
    attempt = top_ups.consider()
    attempt.purchase.refresh_from_db()
    page = customer.get(PAGE)
    assert "Waiting for your confirmation" in text_of(page)
    assert f'href="{attempt.purchase.checkout_url}"' in page.content.decode()


def test_where_stripe_works_out_taxes_it_is_not_offered(customer: Client, card: str, settings: Any) -> None:
    settings.STRIPE_AUTOMATIC_TAX = True
    assert "not offered here" in text_of(customer.get(PAGE))
    customer.post(PAGE, wishes(card))
    assert TopUpRule.objects.count() == 0


@pytest.mark.parametrize("role", ["developer", "viewer"])
def test_who_may_not_spend_money_is_refused(customer: Client, top_ups: TopUps, role: str) -> None:
    Membership.objects.filter(account=top_ups.shop.owner.account).update(role=role)
    assert customer.get(PAGE).status_code == 403
    for name in ("billing:top-up", "billing:top-up-off", "billing:top-up-card", "billing:low-balance"):
        assert customer.post(reverse(name)).status_code == 403


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    assert client.get(PAGE).status_code == 302


def test_the_low_balance_mail_is_set_and_stopped(customer: Client) -> None:
    reply = customer.post(reverse("billing:low-balance"), {"notify_below": "8"}, follow=True)
    assert "The low-balance mail is set." in text_of(reply)
    assert BalanceNotice.objects.get().threshold == 8
    assert 'value="8"' in reply.content.decode()
    assert customer.post(reverse("billing:low-balance"), {"notify_below": "0"}).status_code == 422
    customer.post(reverse("billing:low-balance"), {"notify_below": ""})
    assert BalanceNotice.objects.count() == 0
