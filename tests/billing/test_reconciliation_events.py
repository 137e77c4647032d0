"""Events that no webhook took are fetched from Stripe's list."""

from datetime import timedelta

import pytest

from billing import sweeps
from billing.models import StripeEvent
from tests.billing.shop import Shop

pytestmark = pytest.mark.usefixtures("new_stripe")


# Stripe's own retries get no time: what is not delivered by now counts as lost.
NONE = timedelta(seconds=-1)


def lose(shop: Shop, how: str) -> None:
    if how == "dropped":
        shop.simulator.control("deliveries/drop_next", count=20)
    else:
        shop.endpoint.replies.extend([503] * 50)


@pytest.mark.parametrize("how", ["dropped", "refused"])
def test_a_lost_event_brings_its_credits_once(shop: Shop, how: str) -> None:
    lose(shop, how)
    shop.paid()
    assert sweeps.take_undelivered(NONE) == StripeEvent.objects.count() > 0
    event = StripeEvent.objects.get(type="checkout.session.completed")
    assert (event.source, event.status) == (StripeEvent.Source.SWEEP, StripeEvent.Status.PROCESSED)
    assert (shop.available, shop.grants()) == (50, 1)
    assert sweeps.take_undelivered(NONE) == 0
    assert (shop.available, shop.grants()) == (50, 1)


def test_what_we_have_no_use_for_stays_at_stripe(shop: Shop) -> None:
    lose(shop, "dropped")
    shop.simulator.client.v1.customers.create({})
    assert sweeps.take_undelivered(NONE) == 0
    assert not StripeEvent.objects.exists()


def test_what_may_still_come_by_itself_is_left_alone(shop: Shop) -> None:
    lose(shop, "dropped")
    shop.paid()
    assert sweeps.take_undelivered() == 0
