"""Coming back from Stripe's page: the address proves nothing, and nobody else's session is shown."""

from typing import Any

import pytest

from billing.checkout_return import cancel_checkout, returned_unpaid, settle_landing
from billing.models import Purchase
from core.errors import AppError
from tests.billing.shop import Shop
from tests.billing.simulator import free_port

State = Purchase.State


def land(shop: Shop, purchase: Purchase) -> Purchase:
    return settle_landing(account=shop.owner.account, session_id=purchase.stripe_session or "")


def test_landing_after_payment_shows_the_credits(shop: Shop) -> None:
    assert land(shop, shop.paid()).state == State.FULFILLED
    assert shop.available == 50


def test_landing_without_payment_brings_nothing(shop: Shop) -> None:
    assert land(shop, shop.start()).state == State.OPEN
    assert shop.grants() == 0


def test_another_accounts_session_is_404_and_stays_theirs(shop: Shop) -> None:
    paid = shop.paid()
    eve = shop.make_owner("eve@example.org", credits=0)
    with pytest.raises(AppError) as refused:
        settle_landing(account=eve.account, session_id=paid.stripe_session or "")
    assert refused.value.status == 404
    assert shop.grants() == 0
    paid.refresh_from_db()
    assert paid.state == State.OPEN


@pytest.mark.parametrize("session_id", ["", "cs_test_none", "{CHECKOUT_SESSION_ID}"])
def test_an_invented_session_is_404(shop: Shop, session_id: str) -> None:
    with pytest.raises(AppError):
        settle_landing(account=shop.owner.account, session_id=session_id)


def test_landing_while_stripe_is_away_waits_for_the_webhook(shop: Shop, settings: Any) -> None:
    paid = shop.paid()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
    assert land(shop, paid).state == State.OPEN
    assert shop.grants() == 0


def test_turning_back_leaves_the_page_open(shop: Shop) -> None:
    purchase = shop.start()
    seen = returned_unpaid(account=shop.owner.account, public_id=purchase.public_id)
    assert (seen.state, shop.grants()) == (State.OPEN, 0)
    assert shop.pay(purchase) == 302


def test_canceling_closes_the_page(shop: Shop) -> None:
    purchase = shop.start()
    assert cancel_checkout(account=shop.owner.account, public_id=purchase.public_id).state == State.EXPIRED
    assert shop.pay(purchase) == 410
    assert shop.grants() == 0


def test_canceling_what_is_paid_grants_it(shop: Shop) -> None:
    purchase = shop.paid()
    done = cancel_checkout(account=shop.owner.account, public_id=purchase.public_id)
    assert (done.state, shop.available) == (State.FULFILLED, 50)


def test_nobody_cancels_for_another(shop: Shop) -> None:
    purchase = shop.start()
    eve = shop.make_owner("eve@example.org", credits=0)
    with pytest.raises(AppError) as refused:
        cancel_checkout(account=eve.account, public_id=purchase.public_id)
    assert refused.value.status == 404
    assert shop.pay(purchase) == 302
