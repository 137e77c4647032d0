"""The operator's refund page: who may see it, what it shows first, and that it does what it showed."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from billing.models import Purchase, RefundAttempt
from tests.billing.bank import Bank
from tests.website import plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
State = RefundAttempt.State


def page(purchase: Purchase) -> str:
    return f"/admin/billing/purchase/{purchase.pk}/refund/"


@pytest.fixture
def operator(client: Client) -> Client:
    """Signed in with nothing but the right to look at purchases and to refund them."""
    user = User.objects.create_user("operator@example.org", "a long password", is_staff=True)
    names = ["view_purchase", "add_refundattempt"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def hidden(html: str) -> dict[str, str]:
    """What the confirmation would send."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def ask(client: Client, purchase: Purchase, credits: int, **more: str) -> str:
    """Fill in the first form; the page that comes."""
    form = {"credits": credits, "reason": "requested_by_customer", "note": "Wrong pack.", "seq": 0, **more}
    reply = client.post(page(purchase), form)
    assert reply.status_code == 200
    return reply.content.decode()


def test_it_shows_what_it_does_and_then_does_it(bank: Bank, operator: Client) -> None:
    purchase = bank.bought()
    bank.spend(20)
    first = operator.get(page(purchase)).content.decode()
    assert "$20.00 was charged" in first
    assert 'value="30"' in first  # what is unused
    second = ask(operator, purchase, 25)
    assert "Refund $10.00 and take back 25 credits?" in second
    assert not RefundAttempt.objects.exists()
    done = operator.post(page(purchase), {**hidden(second), "confirm": "1"}, follow=True).content.decode()
    assert "$10.00 is refunded." in done
    attempt = RefundAttempt.objects.get()
    assert (attempt.state, attempt.amount, attempt.note) == (State.ACCEPTED, 1000, "Wrong pack.")
    assert attempt.operator == User.objects.get(email="operator@example.org")
    assert bank.credits == (5, 0, 0)


def test_confirming_twice_refunds_once(bank: Bank, operator: Client) -> None:
    purchase = bank.bought()
    confirmation = {**hidden(ask(operator, purchase, 10)), "confirm": "1"}
    operator.post(page(purchase), confirmation)
    again = operator.post(page(purchase), confirmation, follow=True).content.decode()
    assert "you ordered this already" in again
    assert bank.credits == (40, 0, 0)


def test_spent_credits_are_named_before_they_are_refunded(bank: Bank, operator: Client) -> None:
    purchase = bank.bought()
    bank.spend(20)
    assert "At most 30 credits can be refunded." in ask(operator, purchase, 31)
    confirmation = ask(operator, purchase, 31, beyond_unused="on")
    assert "1 of these credits was spent, is held or has expired" in confirmation
    operator.post(page(purchase), {**hidden(confirmation), "confirm": "1"})
    assert bank.credits == (0, 0, 1)


@pytest.mark.parametrize("credits", [0, -1, 51])
def test_what_cannot_be_refunded_is_said(bank: Bank, operator: Client, credits: int) -> None:
    purchase = bank.bought()
    assert "errorlist" in ask(operator, purchase, credits)
    forged = {"credits": credits, "reason": "duplicate", "note": "x", "seq": 0, "confirm": "1"}
    operator.post(page(purchase), forged)
    assert not RefundAttempt.objects.exists()


def test_a_reason_in_words_is_asked_for(bank: Bank, operator: Client) -> None:
    purchase = bank.bought()
    assert "errorlist" in ask(operator, purchase, 10, note="  ")


def test_one_that_waits_is_asked_about_again(bank: Bank, operator: Client) -> None:
    purchase = bank.bought()
    bank.shop.simulator.control("faults", method="POST", path="refunds", phase="before", remaining=3)
    confirmation = {**hidden(ask(operator, purchase, 10)), "confirm": "1"}
    told = operator.post(page(purchase), confirmation, follow=True).content.decode()
    assert "Stripe has not answered about $4.00 yet" in told
    assert "still waits" in operator.get(page(purchase)).content.decode()
    assert (
        "$4.00 is refunded." in operator.post(page(purchase), {"resume": "1"}, follow=True).content.decode()
    )
    assert bank.credits == (40, 0, 0)


def test_the_purchase_leads_there_if_it_was_paid(bank: Bank, operator: Client) -> None:
    paid, unpaid = bank.bought(), bank.shop.start()
    assert page(paid) in operator.get(f"/admin/billing/purchase/{paid.pk}/change/").content.decode()
    assert page(unpaid) not in operator.get(f"/admin/billing/purchase/{unpaid.pk}/change/").content.decode()
    told = operator.get(page(unpaid), follow=True).content.decode()
    assert "Nothing was paid for this purchase." in told


def test_only_who_may_refund_gets_there(bank: Bank, client: Client) -> None:
    purchase = bank.bought()
    colleague = User.objects.create_user("colleague@example.org", "a long password", is_staff=True)
    colleague.user_permissions.set(Permission.objects.filter(codename="view_purchase"))
    client.force_login(colleague, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(page(purchase)).status_code == 403
    assert client.post(page(purchase), {"confirm": "1"}).status_code == 403
    assert page(purchase) not in client.get(f"/admin/billing/purchase/{purchase.pk}/change/").content.decode()
    client.force_login(bank.shop.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(page(purchase)).status_code == 302


def test_the_rest_of_it_stays_to_be_looked_at(bank: Bank, admin_client: Client) -> None:
    purchase = bank.bought()
    for name in ("purchase", "refundattempt", "clawback"):
        assert admin_client.get(f"/admin/billing/{name}/").status_code == 200
        assert admin_client.get(f"/admin/billing/{name}/add/").status_code == 403
    change = f"/admin/billing/purchase/{purchase.pk}/change/"
    assert admin_client.post(change, {"credits": 9999}).status_code == 403
