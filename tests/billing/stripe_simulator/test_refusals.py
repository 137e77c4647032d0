"""What Stripe refuses, the simulator refuses: with the status, code and `param` that the SDK turns into errors."""

from typing import Any

import pytest
import stripe

from tests.billing.simulator import API_KEY, Simulator, http


@pytest.mark.parametrize("key", ["sk_test_other", "sk_live_0123456789abcdef"])
def test_any_other_key_is_refused(simulator: Simulator, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        simulator.client_with(key).v1.customers.list()
    assert refused.value.http_status == 401
    assert key not in str(refused.value)


def test_no_key_is_refused_in_stripes_envelope(simulator: Simulator) -> None:
    reply = http.request("GET", f"{simulator.url}/v1/customers")
    assert reply.status == 401
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert reply.headers["Request-Id"].startswith("req_")


ORDER: dict[str, Any] = {
    "mode": "payment",
    "success_url": "https://shop.example/done",
    "line_items": [{"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}}}],
}
PRICE = ORDER["line_items"][0]["price_data"]
WRONG = [
    ({"colour": "red"}, "parameter_unknown", "colour"),
    ({"payment_intent_data": {"colour": "red"}}, "parameter_unknown", "payment_intent_data[colour]"),
    ({"line_items": []}, "parameter_missing", "line_items"),
    ({"success_url": None}, "parameter_missing", "success_url"),
    ({"success_url": "shop"}, "parameter_invalid", "success_url"),
    ({"mode": "gift"}, "parameter_invalid_string", "mode"),
    ({"customer": "cus_none"}, "resource_missing", "customer"),
    ({"expires_at": 1}, None, "expires_at"),
    (
        {"line_items": [{"price_data": {**PRICE, "unit_amount": -1}}]},
        "parameter_invalid_integer",
        "line_items[0][price_data][unit_amount]",
    ),
    (
        {"line_items": [{"price_data": {**PRICE, "colour": "red"}}]},
        "parameter_unknown",
        "line_items[0][price_data][colour]",
    ),
    ({"line_items": [{"price": "price_none"}]}, "resource_missing", "line_items[0][price]"),
]


@pytest.mark.parametrize(("change", "code", "param"), WRONG)
def test_parameters_are_refused_by_name(
    simulator: Simulator, change: dict[str, Any], code: str | None, param: str
) -> None:
    order = {name: value for name, value in {**ORDER, **change}.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.client.v1.checkout.sessions.create(order)  # type: ignore[arg-type]
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


def test_an_unknown_object_is_404(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.client.v1.checkout.sessions.retrieve("cs_test_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_an_address_it_does_not_know_is_404(simulator: Simulator) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        simulator.client.v1.subscriptions.list()
    assert refused.value.http_status == 404
    assert "subscriptions" in str(refused.value)


def test_another_api_version_is_refused(simulator: Simulator) -> None:
    reply = http.request(
        "GET",
        f"{simulator.url}/v1/customers",
        headers={"Authorization": f"Bearer {API_KEY}", "Stripe-Version": "2017-08-15"},
    )
    assert reply.status == 400
    assert "2017-08-15" in reply.json()["error"]["message"]


@pytest.mark.parametrize("body", ["a[b=1", "a[b]=1&a=2", "[x]=1"])
def test_malformed_nesting_is_400(simulator: Simulator, body: str) -> None:
    reply = http.request(
        "POST",
        f"{simulator.url}/v1/customers",
        body=body,
        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert reply.status == 400
