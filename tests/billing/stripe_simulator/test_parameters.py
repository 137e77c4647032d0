"""The simulator takes no parameter that the SDK does not have: what passes here passes there."""

import importlib
import re
import sys
from typing import Any

import pytest
from rest_framework import serializers
from stripe import params
from stripe.params import billing_portal, checkout
from typing_extensions import is_typeddict

from tests.billing.simulator import API_KEY

LIST = "GET"
MAKE = "POST"
PARAMS: dict[tuple[str, str], Any] = {
    ("balance_transactions", LIST): params.BalanceTransactionListParams,
    ("billing_portal/sessions", MAKE): billing_portal.SessionCreateParams,
    ("charges", LIST): params.ChargeListParams,
    ("checkout/sessions", LIST): checkout.SessionListParams,
    ("checkout/sessions", MAKE): checkout.SessionCreateParams,
    ("checkout/sessions/<str:session>/line_items", LIST): checkout.SessionLineItemListParams,
    ("coupons", LIST): params.CouponListParams,
    ("coupons", MAKE): params.CouponCreateParams,
    ("customers", LIST): params.CustomerListParams,
    ("customers", MAKE): params.CustomerCreateParams,
    ("customers/<str:customer>", MAKE): params.CustomerUpdateParams,
    ("customers/<str:customer>/payment_methods", LIST): params.CustomerPaymentMethodListParams,
    ("disputes", LIST): params.DisputeListParams,
    ("disputes/<str:dispute>", MAKE): params.DisputeUpdateParams,
    ("events", LIST): params.EventListParams,
    ("invoices", LIST): params.InvoiceListParams,
    ("invoices/<str:invoice>/lines", LIST): params.InvoiceLineItemListParams,
    ("payment_intents", LIST): params.PaymentIntentListParams,
    ("payment_intents", MAKE): params.PaymentIntentCreateParams,
    ("payment_intents/<str:intent>", MAKE): params.PaymentIntentUpdateParams,
    ("payment_intents/<str:intent>/cancel", MAKE): params.PaymentIntentCancelParams,
    ("payment_intents/<str:intent>/confirm", MAKE): params.PaymentIntentConfirmParams,
    ("payment_methods", LIST): params.PaymentMethodListParams,
    ("payment_methods/<str:payment_method>", MAKE): params.PaymentMethodUpdateParams,
    ("payment_methods/<str:payment_method>/attach", MAKE): params.PaymentMethodAttachParams,
    ("promotion_codes", LIST): params.PromotionCodeListParams,
    ("promotion_codes", MAKE): params.PromotionCodeCreateParams,
    ("promotion_codes/<str:code>", MAKE): params.PromotionCodeUpdateParams,
    ("refunds", LIST): params.RefundListParams,
    ("refunds", MAKE): params.RefundCreateParams,
    ("refunds/<str:refund>", MAKE): params.RefundUpdateParams,
}


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Any]:
    """The parameters of every operation that has any of its own, by address and method."""
    monkeypatch.setenv("STRIPE_SIMULATOR_STATE", "unused")
    monkeypatch.setenv("STRIPE_SIMULATOR_API_KEY", API_KEY)
    names = importlib.import_module("billing.stripe_simulator.urls").RESOURCES
    plain = importlib.import_module("billing.stripe_simulator.params").Params
    found = {}
    for name in names:
        module = importlib.import_module(f"billing.stripe_simulator.resources.{name}")
        for pattern in module.urlpatterns:
            for method, operation in pattern.callback.operations.items():
                if operation.params is not plain:
                    found[str(pattern.pattern), method] = operation.params
    return found


def nested(declared: Any, name: str) -> Any:
    """The group of parameters that one parameter is; the SDK names it in text, beside the group around it."""
    module = sys.modules[declared.__module__]
    words = re.findall(r"\w+", str(declared.__annotations__[name]))
    return next(found for word in words if is_typeddict(found := getattr(module, word, None)))


def complaints(serializer: Any, declared: Any, where: str) -> list[str]:
    """Parameters of ours, at every depth, that the SDK does not have."""
    hints = declared.__annotations__
    found = []
    for name, ours in serializer.fields.items():
        if isinstance(ours, removed()):
            found += [f"{where}[{name}]: not removed"] if name in hints else []
            continue
        if name not in hints:
            found.append(f"{where}[{name}]: unknown")
            continue
        inner = getattr(ours, "child", ours)
        if isinstance(inner, serializers.Serializer):
            found += complaints(inner, nested(declared, name), f"{where}[{name}]")
    return found


def removed() -> Any:
    return importlib.import_module("billing.stripe_simulator.params").RemovedField


def test_no_parameter_is_unknown_to_the_sdk(declared: dict[tuple[str, str], Any]) -> None:
    found = [
        complaint
        for place, serializer in declared.items()
        for complaint in complaints(serializer(), PARAMS[place], f"{place[1]} {place[0]}")
    ]
    assert found == []


def test_every_operation_is_compared(declared: dict[tuple[str, str], Any]) -> None:
    assert set(declared) == set(PARAMS)


def test_the_comparison_sees_what_is_wrong(declared: dict[tuple[str, str], Any]) -> None:
    create = declared["checkout/sessions", MAKE]
    found = complaints(create(), params.CustomerCreateParams, "x")
    assert "x[line_items]: unknown" in found
