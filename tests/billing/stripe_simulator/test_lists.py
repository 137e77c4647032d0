"""Lists page newest first, by cursor, and filter."""

import pytest
import stripe

from tests.billing.simulator import Simulator


def test_pages_join_without_gap_or_repeat(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    made = [
        v1.customers.create({"email": "paging@example.org", "name": str(number)}).id for number in range(7)
    ]
    found = [
        one.id for one in v1.customers.list({"email": "paging@example.org", "limit": 3}).auto_paging_iter()
    ]
    assert found == made[::-1]


def test_a_cursor_goes_both_ways(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    oldest, middle, newest = (v1.customers.create({"email": "cursor@example.org"}).id for _ in range(3))
    after = v1.customers.list({"email": "cursor@example.org", "starting_after": middle})
    before = v1.customers.list({"email": "cursor@example.org", "ending_before": middle})
    assert [one.id for one in after.data] == [oldest]
    assert [one.id for one in before.data] == [newest]
    assert not after.has_more


def test_has_more_tells_of_a_further_page(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    for _ in range(3):
        v1.customers.create({"email": "more@example.org"})
    assert v1.customers.list({"email": "more@example.org", "limit": 2}).has_more
    assert not v1.customers.list({"email": "more@example.org", "limit": 3}).has_more


def test_sessions_filter_by_customer_and_status(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    customer = v1.customers.create({}).id
    kept = simulator.order(customer=customer)
    gone = simulator.order(customer=customer)
    v1.checkout.sessions.expire(gone.id)
    assert {one.id for one in v1.checkout.sessions.list({"customer": customer})} == {kept.id, gone.id}
    assert [one.id for one in v1.checkout.sessions.list({"customer": customer, "status": "open"})] == [
        kept.id
    ]


def test_created_bounds_hold(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    made = v1.customers.create({"email": "bounds@example.org"})
    at = made.created
    assert v1.customers.list({"email": "bounds@example.org", "created": {"gte": at}}).data
    assert not v1.customers.list({"email": "bounds@example.org", "created": {"gt": at + 5}}).data


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_1_to_100(simulator: Simulator, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        simulator.client.v1.customers.list({"limit": limit})


def test_line_items_have_their_own_list(simulator: Simulator) -> None:
    session = simulator.order(amount=700)
    items = simulator.client.v1.checkout.sessions.line_items.list(session.id)
    assert [(item.amount_total, item.quantity) for item in items.data] == [(700, 1)]


def test_fields_expand_only_on_request(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    customer = v1.customers.create({"email": "expand@example.org"})
    session = simulator.order(customer=customer.id)
    assert session.customer == customer.id
    assert "line_items" not in session.to_dict()
    grown = v1.checkout.sessions.list(
        {"customer": customer.id, "expand": ["data.customer", "data.line_items"]}
    )
    assert isinstance(grown.data[0].customer, stripe.Customer)
    assert grown.data[0].line_items is not None


def test_what_is_no_reference_cannot_expand(simulator: Simulator) -> None:
    session = simulator.order()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        simulator.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["currency"]})


def test_metadata_merges_and_unsets(simulator: Simulator) -> None:
    v1 = simulator.client.v1
    made = v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    changed = v1.customers.update(made.id, {"metadata": {"b": "", "c": "3"}, "name": "Ada"})
    assert changed.to_dict()["metadata"] == {"a": "1", "c": "3"}
    assert v1.customers.retrieve(made.id).name == "Ada"
